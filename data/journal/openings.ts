/** Openings of gates as they were written down: what a person was asked, and when. */
import type { Gate, OpenGate } from '../model/gate.js';
import { select, type Journal } from './journal.js';

/** An opening and the run in which it was asked. */
export interface RecordedOpening extends OpenGate {
  readonly runId: number;
}

interface OpeningRow {
  readonly runId: number;
  readonly gate: Gate;
  readonly opening: number;
  readonly kind: OpenGate['subject']['kind'];
  readonly id: number;
  readonly hash: string;
  readonly counts: string;
  readonly openedAt: string;
}

const columns = `o.run_id AS runId, o.gate, o.opening, o.subject_kind AS kind, o.subject_id AS id, o.hash, o.counts, o.opened_at AS openedAt`;

function toOpening({ kind, id, counts, ...row }: OpeningRow): RecordedOpening {
  return { ...row, subject: { kind, id }, counts: JSON.parse(counts) as OpenGate['counts'] };
}

/** The last time somebody was asked about a snapshot or a plan, or null. */
export async function selectLastOpeningAbout(
  journal: Journal,
  subject: OpenGate['subject'],
): Promise<RecordedOpening | null> {
  const statement = `SELECT ${columns} FROM gate_opening o JOIN run r ON r.id = o.run_id
    WHERE r.target_id = ? AND o.subject_kind = ? AND o.subject_id = ? ORDER BY o.opened_at DESC, o.opening DESC LIMIT 1`;
  const [row] = await select<OpeningRow>(journal.db, statement, [journal.targetId, subject.kind, subject.id]);
  return row === undefined ? null : toOpening(row);
}

/** The last thing that a run asked, or null. */
export async function selectLastOpening(journal: Journal, runId: number): Promise<RecordedOpening | null> {
  const statement = `SELECT ${columns} FROM gate_opening o WHERE o.run_id = ? ORDER BY o.opened_at DESC, o.opening DESC LIMIT 1`;
  const [row] = await select<OpeningRow>(journal.db, statement, [runId]);
  return row === undefined ? null : toOpening(row);
}
