/** Walks through a file of traces: does ours our way, compares, and goes on from the trace's own rows. */
import type { Knex } from 'knex';
import { openPool, type DatabaseAddress } from '../../data/database/connect.js';
import { probeSite } from '../../data/moodle/probe.js';
import type { MoodleSite } from '../../data/moodle/site.js';
import type { WriteContext } from '../../data/moodle/write/context.js';
import { brokenInvariants, type Invariant } from '../support/invariants.js';
import { findChanges, listTables } from './changes.js';
import { compareChanges } from './compare.js';
import { loadRows, readColumns } from './load-rows.js';
import { doOperation } from './operations.js';
import { isOurs, withoutMessages, type Changes, type Trace, type TraceFile } from './trace.js';

export interface Verdict {
  readonly label: string;
  readonly verdict: 'equal' | 'differing' | 'not ours';
  /** "table.column: what we have instead of what". */
  readonly differences: readonly string[];
}

export interface ConformOptions {
  readonly address: DatabaseAddress;
  readonly database: string;
  readonly traces: TraceFile;
  readonly invariants: readonly Invariant[];
  /** Seconds by which times may differ beyond those that the trace itself took. Default 0. */
  readonly slack?: number;
  /** Called after our operation, inside its transaction: a test spoils a row here. */
  readonly spoil?: (ctx: WriteContext, trace: Trace) => Promise<void>;
  readonly isOurs?: (label: string) => boolean;
}

/** The administrator that the traces were recorded as. */
const ACTOR = 2;

/** Yields one verdict per trace, in order. */
export async function* conform(options: ConformOptions): AsyncGenerator<Verdict> {
  const db = openPool(options.address, { max: 3 });
  try {
    const place = { database: options.database, prefix: options.traces.prefix };
    const tables = await listTables(db, place.database);
    const columns = await readColumns(db, place.database);
    let now = 0;
    for (const trace of options.traces.traces) {
      const clock = clockOf(trace.tables, now);
      now = clock.now;
      // Settings may have changed with a trace, so the site is read again each time.
      const verdict = (options.isOurs ?? isOurs)(trace.label)
        ? await judge(db, await probeSite(db, place), trace, { ...options, tables, clock })
        : { label: trace.label, verdict: 'not ours' as const, differences: [] };
      await loadRows(db, place, columns, trace);
      yield verdict;
    }
  } finally {
    await db.destroy();
  }
}

interface Clock {
  /** Unix seconds when the trace was recorded. */
  readonly now: number;
  /** Seconds from its first row to its last. */
  readonly took: number;
}

const clockColumns = ['timecreated', 'timemodified', 'added'];

/** The traces were recorded seconds apart; their own rows tell when. */
function clockOf(changes: Changes, before: number): Clock {
  const seen = Object.values(changes).flatMap(({ inserted, updated }) =>
    [...inserted, ...updated.map((change) => change.after)].flatMap((row) =>
      clockColumns.map((column) => Number(row[column] ?? 0)).filter((time) => time > 0),
    ),
  );
  if (seen.length === 0) return { now: before === 0 ? Math.floor(Date.now() / 1000) : before + 1, took: 0 };
  const now = Math.min(...seen);
  return { now, took: Math.max(...seen) - now };
}

interface JudgeOptions extends ConformOptions {
  readonly tables: readonly string[];
  readonly clock: Clock;
}

/** Does the operation in a transaction that is rolled back when it has been looked at. */
async function judge(db: Knex, site: MoodleSite, trace: Trace, options: JudgeOptions): Promise<Verdict> {
  const expected = withoutMessages(trace.tables);
  const tolerance = options.clock.took + (options.slack ?? 0);
  const tx = await db.transaction();
  try {
    const ctx: WriteContext = {
      db: tx,
      site,
      now: options.clock.now,
      actorId: ACTOR,
      logEvents: true,
      origin: 'cli',
    };
    await doOperation(ctx, trace);
    await options.spoil?.(ctx, trace);
    const actual = await findChanges(tx, db, site, options.tables);
    const differences = [
      ...compareChanges(expected, actual, { tolerance }),
      ...(await newlyBroken(db, tx, site, options.invariants)),
    ];
    return { label: trace.label, verdict: differences.length === 0 ? 'equal' : 'differing', differences };
  } catch (error) {
    return { label: trace.label, verdict: 'differing', differences: [`not done: ${String(error)}`] };
  } finally {
    await tx.rollback();
  }
}

/** Invariants that hold outside the transaction and not inside. */
async function newlyBroken(
  outside: Knex,
  inside: Knex,
  site: MoodleSite,
  invariants: readonly Invariant[],
): Promise<string[]> {
  const after = await brokenInvariants(inside, site, invariants);
  if (Object.keys(after).length === 0) return [];
  const before = await brokenInvariants(outside, site, invariants);
  return Object.entries(after)
    .filter(([id, rows]) => rows.some((row) => before[id]?.includes(row) !== true))
    .map(([id]) => `invariant ${id}: broken`);
}
