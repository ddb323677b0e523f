/** What a seed chooses: passage, surroundings, and one to three faults, each with its moment. Pure. */
import { applyPoints } from '../../data/apply/points.js';
import { deletionPoints } from '../../data/deletion/points.js';
import { Random } from '../../embedded/sample-school/random.js';

export const faultKinds = [
  'worker-killed',
  'worker-stopped',
  'worker-frozen',
  'worker-clock',
  'database-killed',
  'database-cut',
  'database-silent',
  'database-slow',
  'database-full',
  'database-clock',
  'database-rights',
  'locks',
  'temporal-killed',
  'temporal-cut',
  'temporal-silent',
  'temporal-slow',
  'moodle-ill',
] as const;
export type FaultKind = (typeof faultKinds)[number];

/** A named place, reached for the n-th time, or a time after the start. */
export type When = { readonly place: string; readonly nth: number } | { readonly afterMs: number };

export interface Fault {
  readonly kind: FaultKind;
  readonly when: When;
  /** How long it lasts. */
  readonly forMs: number;
}

/** How server and database are set up. */
export interface Surroundings {
  readonly collation: 'utf8mb4_unicode_ci' | 'utf8mb4_bin';
  readonly isolation: 'READ-COMMITTED' | 'REPEATABLE-READ';
  readonly strict: boolean;
  /** max_allowed_packet of 1 MB. */
  readonly smallPackets: boolean;
  /** wait_timeout of 5 s. */
  readonly shortWait: boolean;
  /** Activities run twice, decisions come twice and by both ways. */
  readonly twice: boolean;
  /** One tablespace with a limit, so that it can become full. */
  readonly capped: boolean;
}

export interface Scenario {
  readonly seed: string;
  readonly passage: string;
  readonly surroundings: Surroundings;
  readonly faults: readonly Fault[];
}

/** What an undisturbed run of a passage does: how often each activity runs, and how long it all takes. */
export interface Course {
  readonly activities: Readonly<Record<string, number>>;
  readonly tookMs: number;
}

/** Batches of a passage of which the n-th may be hit. */
const BATCHES = 12;
/** Run as often as time allows, not as often as there is work. */
const SLICES: ReadonlySet<string> = new Set(['applyChanges', 'deleteListed']);

/** Whether the passage calls Moodle's web services. */
function callsMoodle({ activities }: Course): boolean {
  return 'deleteListed' in activities;
}

function pointsOf(course: Course): readonly string[] {
  return callsMoodle(course) ? [...applyPoints, ...deletionPoints, ...deletionPoints] : applyPoints;
}

function chooseWhen(random: Random, course: Course): When {
  const dice = random.next();
  if (dice < 0.4) return { place: `point ${random.pick(pointsOf(course))}`, nth: 1 + random.below(BATCHES) };
  if (dice < 0.8) {
    const name = random.pick(Object.keys(course.activities).sort());
    const times = SLICES.has(name) ? 1 : (course.activities[name] ?? 1);
    return { place: `${random.pick(['before', 'after'])} ${name}`, nth: 1 + random.below(times) };
  }
  return { afterMs: Math.round(random.next() * course.tookMs) };
}

/** An ill Moodle is met where it is called. */
function chooseCall(random: Random): When {
  if (random.chance(0.3))
    return { place: `before ${random.pick(['deleteListed', 'listDeletions'])}`, nth: 1 };
  return { place: 'point in-flight', nth: 1 + random.below(BATCHES) };
}

/** The passage of a seed; only that one has to be run undisturbed before the rest is chosen. */
export function choosePassage(seed: string, passages: readonly string[]): string {
  return new Random(`faults/${seed}`).pick([...passages].sort());
}

/** The same seed, passage and course always give the same scenario. */
export function chooseScenario(seed: string, passage: string, course: Course): Scenario {
  const random = new Random(`faults/${passage}/${seed}`);
  const calls = callsMoodle(course);
  // begun again without the people who are deleted already, a school has other questions and another plan
  const kinds = faultKinds.filter((kind) =>
    kind === 'database-rights' ? !calls : kind !== 'moodle-ill' || calls,
  );
  const faults = Array.from({ length: 1 + random.below(3) }, (): Fault => {
    const kind = random.pick(kinds);
    const when = kind === 'moodle-ill' ? chooseCall(random) : chooseWhen(random, course);
    return { kind, when, forMs: 200 + random.below(6_000) };
  });
  return {
    seed,
    passage,
    surroundings: {
      collation: random.pick(['utf8mb4_unicode_ci', 'utf8mb4_bin']),
      isolation: random.pick(['READ-COMMITTED', 'REPEATABLE-READ']),
      strict: random.chance(0.5),
      smallPackets: random.chance(0.5),
      shortWait: random.chance(0.5),
      twice: random.chance(0.3),
      capped: faults.some(({ kind }) => kind === 'database-full'),
    },
    faults,
  };
}

function describeWhen(when: When): string {
  return 'place' in when ? `${when.place} (${when.nth})` : `${when.afterMs} ms after the start`;
}

/** One line that says it all. */
export function describeScenario({ seed, passage, surroundings, faults }: Scenario): string {
  const { collation, isolation, strict, smallPackets, shortWait, twice } = surroundings;
  const set = [
    collation,
    isolation,
    strict ? 'strict' : 'not strict',
    ...(smallPackets ? ['packets of 1 MB'] : []),
    ...(shortWait ? ['wait_timeout 5 s'] : []),
    ...(twice ? ['everything twice'] : []),
  ];
  const list = faults.map(({ kind, when, forMs }) => `${kind} ${describeWhen(when)} for ${forMs} ms`);
  return `seed ${seed}: ${passage}; ${list.join('; ')}; ${set.join(', ')}`;
}
