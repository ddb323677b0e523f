/** Answers that people gave once and that hold for later years: links, and class codes used again. */
import { KEY_SEPARATOR } from '../model/snapshot.js';
import type { Answers } from '../model/plan.js';
import type { ReusedCodeAnswer } from '../model/settings.js';
import { select, write, type Journal } from './journal.js';

export type LinkVerdict = 'accepted' | 'refused';

export interface LinkAnswer {
  readonly kind: 'user' | 'course';
  readonly externalId: string;
  readonly moodleId: number;
  readonly verdict: LinkVerdict;
}

/** Remembers an answer to a link proposal; a later answer replaces it. */
export async function storeLinkAnswer(journal: Journal, answer: LinkAnswer, by: string): Promise<void> {
  const statement = `INSERT INTO link_answer (target_id, kind, external_id, moodle_id, verdict, answered_by) VALUES (?, ?, ?, ?, ?, ?)
    ON DUPLICATE KEY UPDATE verdict = VALUES(verdict), answered_by = VALUES(answered_by), answered_at = CURRENT_TIMESTAMP(3)`;
  await write(journal.db, statement, [
    journal.targetId,
    answer.kind,
    answer.externalId,
    answer.moodleId,
    answer.verdict,
    by,
  ]);
}

/** All answers to link proposals. */
export async function selectLinkAnswers(journal: Journal): Promise<LinkAnswer[]> {
  const statement =
    'SELECT kind, external_id AS externalId, moodle_id AS moodleId, verdict FROM link_answer WHERE target_id = ?';
  return select<LinkAnswer>(journal.db, statement, [journal.targetId]);
}

/** Remembers whether a class whose code is used again continues or gets a new course in that school year. */
export async function storeReusedCodeAnswer(
  journal: Journal,
  externalId: string,
  year: number,
  answer: ReusedCodeAnswer,
  by: string,
): Promise<void> {
  const statement = `INSERT INTO reused_code_answer (target_id, external_id, year, answer, answered_by) VALUES (?, ?, ?, ?, ?)
    ON DUPLICATE KEY UPDATE answer = VALUES(answer), answered_by = VALUES(answered_by), answered_at = CURRENT_TIMESTAMP(3)`;
  await write(journal.db, statement, [journal.targetId, externalId, year, answer, by]);
}

/** Answers for one school year. */
export async function selectReusedCodeAnswers(
  journal: Journal,
  year: number,
): Promise<Map<string, ReusedCodeAnswer>> {
  const statement =
    'SELECT external_id AS externalId, answer FROM reused_code_answer WHERE target_id = ? AND year = ?';
  const rows = await select<{ externalId: string; answer: ReusedCodeAnswer }>(journal.db, statement, [
    journal.targetId,
    year,
  ]);
  return new Map(rows.map((row) => [row.externalId, row.answer]));
}

/** Everything planning needs of people's answers. */
export async function selectAnswers(journal: Journal, year: number): Promise<Answers> {
  const links = new Map<string, LinkVerdict>();
  for (const answer of await selectLinkAnswers(journal))
    links.set([answer.kind, answer.externalId, answer.moodleId].join(KEY_SEPARATOR), answer.verdict);
  return { links, reusedCodes: await selectReusedCodeAnswers(journal, year) };
}
