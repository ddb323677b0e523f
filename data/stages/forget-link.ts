/** An account or course of ours that somebody deleted in Moodle, and that is to be made anew. */
import { within, type Journal } from '../journal/journal.js';
import { giveUp, selectGivenUp, type ManagedKey } from '../journal/managed-history.js';
import { selectProvenance } from '../journal/relinkings.js';
import { deleteSettledInputs } from '../journal/settled-inputs.js';
import { RolloverError } from '../model/errors.js';
import type { Provenance } from '../model/relink.js';
import { probeSite } from '../moodle/probe.js';
import { selectCoursesById } from '../moodle/sql/course.js';
import { selectUsersById } from '../moodle/sql/user.js';
import type { School } from '../schools.js';

/** Moodle ids only: a link is named without naming a person. */
export interface LinkName {
  readonly kind: 'user' | 'course';
  readonly moodleId: number;
}

export interface LinkLook {
  /** there: Moodle still has it, so it stays ours. forgotten: it is not ours any more, and was. */
  readonly state: 'there' | 'deleted' | 'gone' | 'forgotten';
  /** Enrolments of ours that hang on it. */
  readonly enrolments: number;
}

/** The link, and the enrolments that hang on it. */
function belonging(rows: readonly Provenance[], { kind, moodleId }: LinkName): ManagedKey[] {
  const own = rows.find((row) => row.kind === kind && row.moodleId === moodleId);
  if (own === undefined) return [];
  const hangs = (row: Provenance): boolean =>
    row.kind === 'enrolment' && (kind === 'user' ? row.secondId : row.externalId) === own.externalId;
  return [own, ...rows.filter(hangs)];
}

/** Whether Moodle still has it; a row made at another time is another one. */
async function stateInMoodle(school: School, own: Provenance): Promise<'there' | 'deleted' | 'gone'> {
  const site = await probeSite(school.db, school.moodle);
  if (own.kind === 'course') {
    const [course] = await selectCoursesById(school.db, site, [own.moodleId], false);
    return course?.timecreated === own.naturalNumber ? 'there' : 'gone';
  }
  const [user] = await selectUsersById(school.db, site, [own.moodleId], false);
  if (user === undefined || user.timecreated !== own.naturalNumber) return 'gone';
  return user.deleted === 1 ? 'deleted' : 'there';
}

async function wasGivenUp(journal: Journal, { kind, moodleId }: LinkName): Promise<boolean> {
  return (await selectGivenUp(journal)).some((row) => row.kind === kind && row.moodleId === moodleId);
}

async function judge(school: School, name: LinkName): Promise<{ look: LinkLook; keys: ManagedKey[] }> {
  const rows = await selectProvenance(school.journal);
  const own = rows.find((row) => row.kind === name.kind && row.moodleId === name.moodleId);
  if (own === undefined) {
    if (!(await wasGivenUp(school.journal, name)))
      throw new RolloverError('SubjectNotFound', 'Nothing of this kind is ours under this Moodle id.');
    return { look: { state: 'forgotten', enrolments: 0 }, keys: [] };
  }
  const keys = belonging(rows, name);
  return { look: { state: await stateInMoodle(school, own), enrolments: keys.length - 1 }, keys };
}

/** Looks only. @throws RolloverError SubjectNotFound */
export async function lookAtLink(school: School, name: LinkName): Promise<LinkLook> {
  return (await judge(school, name)).look;
}

/**
 * Gives the link up, so that the next plan makes it anew. Moodle is not written to. What Moodle still has stays ours:
 * forgetting it would make a second one. Repeatable.
 *
 * @throws RolloverError SubjectNotFound
 */
export async function forgetLink(school: School, name: LinkName, account: string): Promise<LinkLook> {
  const { look, keys } = await judge(school, name);
  if (look.state === 'there' || look.state === 'forgotten') return look;
  await school.journal.db.transaction(async (tx) => {
    const own = within(school.journal, tx);
    await giveUp(own, keys, 'forgotten', account);
    await deleteSettledInputs(own);
  });
  return { ...look, state: 'forgotten' };
}
