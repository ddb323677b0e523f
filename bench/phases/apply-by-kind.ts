/** Applies a stored plan in this process, and tells what each kind of change cost and which rows it wrote. */
import type { Knex } from 'knex';
import { leadingRun } from '../../data/apply/batch.js';
import { defaultBatch } from '../../data/apply/session.js';
import { applySlice } from '../../data/apply/slice.js';
import type { Change, ChangeKind } from '../../data/model/plan.js';
import { probeSite } from '../../data/moodle/probe.js';
import type { School } from '../../data/schools.js';
import { readMarks, type Marks } from '../floor/marks.js';
import { add, beginStretch, noStretch, type Stretch } from '../measure/clock.js';

/** `opening`: comparing the stored plan with the approved one, taking the fence, reading what is ours. */
export type ApplyPart = ChangeKind | 'opening';

export interface PartDone {
  readonly part: ApplyPart;
  readonly stretch: Stretch;
  readonly before: Marks;
  readonly after: Marks;
}

export interface StoredPlan {
  readonly planId: number;
  readonly hash: string;
  readonly changes: readonly Change[];
}

const LONG_MS = 24 * 60 * 60_000;
const largest = Math.max(...Object.values(defaultBatch));

/** Follows which changes the next batch will take, by the rule that batches themselves use. */
class Position {
  #at = 0;
  constructor(private readonly changes: readonly Change[]) {}

  get kind(): ChangeKind | undefined {
    return this.changes[this.#at]?.kind;
  }

  advance(): void {
    this.#at += leadingRun(this.changes.slice(this.#at, this.#at + largest), defaultBatch).length;
  }
}

/** Cuts the time into parts; what the cutting itself costs is in none of them. */
class Parts {
  readonly done: PartDone[] = [];
  #part: ApplyPart = 'opening';
  #before: Marks = new Map();
  #end: () => Promise<Stretch> = async () => noStretch;

  constructor(
    private readonly db: Knex,
    private readonly schema: string,
  ) {}

  async begin(part: ApplyPart): Promise<void> {
    this.#part = part;
    this.#before = await readMarks(this.db, this.schema);
    this.#end = await beginStretch(this.db);
  }

  async turnTo(part: ApplyPart | null): Promise<void> {
    if (part === this.#part) return;
    const stretch = await this.#end();
    const after = await readMarks(this.db, this.schema);
    this.done.push({ part: this.#part, stretch, before: this.#before, after });
    if (part !== null) await this.begin(part);
  }
}

/** @throws Error when not everything was applied: what is measured must be the whole. */
export async function applyByKind(school: School, plan: StoredPlan, counting: Knex): Promise<PartDone[]> {
  const site = await probeSite(school.db, school.moodle);
  const position = new Position(plan.changes);
  const parts = new Parts(counting, school.moodle.database);
  await parts.begin('opening');
  const { ended, progress } = await applySlice({
    ...{ address: school.database, journalSchema: school.journalSchema, journal: school.journal },
    ...{ planId: plan.planId, approvedHash: plan.hash, site, actorId: 0, logEvents: true },
    ...{ timeZone: 'Pacific/Auckland', batch: {}, sliceMs: LONG_MS, signal: new AbortController().signal },
    onPoint: async (point) => {
      if (point === 'before-batch' && position.kind !== undefined) await parts.turnTo(position.kind);
      if (point === 'after-commit') position.advance();
    },
    onProgress: () => undefined,
  });
  await parts.turnTo(null);
  if (ended !== 'done' || progress.applied !== plan.changes.length)
    throw new Error(`Applied ${progress.applied} of ${plan.changes.length} changes (${ended}).`);
  return parts.done;
}

/** All parts, or those of some kinds. */
export function sumOf(parts: readonly PartDone[], kinds?: readonly ApplyPart[]): Stretch {
  return parts
    .filter(({ part }) => kinds === undefined || kinds.includes(part))
    .map(({ stretch }) => stretch)
    .reduce(add, noStretch);
}
