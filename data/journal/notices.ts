/** Who has been told what: one row per run, event and channel; and what a gate is about, to tell it. */
import type { OpenGate } from '../model/gate.js';
import { select, write, type Journal } from './journal.js';

/** Keys of the channels that had this event of a run. */
export async function selectSent(journal: Journal, runId: number, event: string): Promise<Set<string>> {
  const statement = 'SELECT channel FROM notice_sent WHERE run_id = ? AND event = ?';
  const rows = await select<{ channel: string }>(journal.db, statement, [runId, event]);
  return new Set(rows.map(({ channel }) => channel));
}

/** Writes down that a channel had it. */
export async function insertSent(
  journal: Journal,
  runId: number,
  event: string,
  channel: string,
): Promise<void> {
  const statement = 'INSERT IGNORE INTO notice_sent (run_id, event, channel) VALUES (?, ?, ?)';
  await write(journal.db, statement, [runId, event, channel]);
}

/** What a gate opened about. */
export type Opening = Pick<OpenGate, 'hash' | 'subject' | 'counts'>;

/** An opening as it was written down, or null. */
export async function selectOpening(
  journal: Journal,
  runId: number,
  gate: string,
  opening: number,
): Promise<Opening | null> {
  const statement = `SELECT subject_kind AS kind, subject_id AS id, hash, counts FROM gate_opening
    WHERE run_id = ? AND gate = ? AND opening = ?`;
  type Row = OpenGate['subject'] & { readonly hash: string; readonly counts: string };
  const [row] = await select<Row>(journal.db, statement, [runId, gate, opening]);
  if (row === undefined) return null;
  const { kind, id, hash, counts } = row;
  return { subject: { kind, id }, hash, counts: JSON.parse(counts) as Opening['counts'] };
}
