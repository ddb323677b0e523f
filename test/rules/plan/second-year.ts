/**
 * The second year of a school that works with us: last year was applied; since then people have come, gone and been
 * renamed, codes are used again, and somebody has been busy in Moodle.
 */
import fc from 'fast-check';
import type { SchoolSettings } from '../../../data/model/settings.js';
import type { PersonRecord, Snapshot } from '../../../data/model/snapshot.js';
import type { MoodleState } from '../../../data/moodle/state.js';
import { makePlan } from '../../../data/rules/plan/make-plan.js';
import type { PlanInput } from '../../../data/rules/plan/plan-input.js';
import { applyPlan, type Applied } from './apply-model.js';
import { listRoles, toRoles } from './roles.js';
import {
  answers,
  category,
  group,
  input,
  moodle,
  settings,
  snapshot,
  student,
  teacher,
  user,
} from './school.js';

const codes = ['A', 'B', 'C'];
const old = ['S1', 'S2', 'S3', 'S4', 'S5', 'S6'];
const fresh = ['N1', 'N2', 'N3', 'N4'];

function personOf(externalId: string): PersonRecord {
  return externalId.startsWith('T') ? teacher(externalId) : student(externalId);
}

function settingsOf(
  year: number,
  more: Partial<SchoolSettings>,
  type: Parameters<typeof settings>[1],
): SchoolSettings {
  return settings({ year, ...more }, type);
}

/** Last year: everybody has an account, every class a course, everybody is enrolled. */
const firstYear: fc.Arbitrary<{ snapshot: Snapshot; applied: Applied }> = fc
  .record({
    members: fc.array(
      fc.record({ group: fc.constantFrom(...codes), person: fc.constantFrom(...old, 'T1', 'T2') }),
      { minLength: 4, maxLength: 14 },
    ),
    shortname: fc.constantFrom('{code}', '{code} {year}'),
  })
  .map(({ members, shortname }) => {
    const before = snapshot(
      [...old, 'T1', 'T2'].map(personOf),
      codes.map((code) => group(code)),
      members,
    );
    const given = input({
      snapshot: before,
      settings: settingsOf(2026, {}, { shortname }),
      moodle: moodle({ categories: [category(1, 'Old')] }),
    });
    return { snapshot: before, applied: applyPlan(makePlan(given), given) };
  });

type Tinker = (state: MoodleState) => MoodleState;

function change<R>(rows: readonly R[], at: number, to: (row: R) => R | undefined): R[] {
  return rows.reduce<R[]>((result, row, index) => {
    const now = index === at % rows.length ? to(row) : row;
    return now === undefined ? result : [...result, now];
  }, []);
}

type RowOf<K extends keyof MoodleState> = MoodleState[K] extends readonly (infer R)[] ? R : never;
type ListKey = 'users' | 'courses' | 'enrolments' | 'manualInstances';

/** Changes one row of a list, or takes it out. */
function one<K extends ListKey>(list: K, to: (row: RowOf<K>, at: number) => Partial<RowOf<K>> | undefined) {
  return (at: number): Tinker =>
    (state) => ({
      ...state,
      [list]: change<RowOf<K>>(state[list] as unknown as readonly RowOf<K>[], at, (row) => {
        const now = to(row, at);
        return now === undefined ? undefined : Object.assign({}, row, now);
      }),
    });
}

/** A merge tool suspends one account and leaves the idnumber with it; another one goes on. */
function merged(state: MoodleState, at: number): MoodleState {
  const from = state.users[at % Math.max(state.users.length, 1)];
  const to = user(900, { username: 'goes.on' });
  if (from === undefined || state.users.some(({ id }) => id === to.id)) return state;
  return {
    ...state,
    users: [...state.users.map((one) => (one === from ? { ...one, suspended: true } : one)), to],
    merges: new Map([[from.id, to.id]]),
  };
}

/** What people and plugins do in a Moodle. */
const tinkers: readonly ((at: number) => Tinker)[] = [
  one('users', () => undefined),
  one('users', () => ({ idnumber: '' })),
  one('users', (_, at) => ({ idnumber: `S${(at % 6) + 1}` })),
  one('users', ({ idnumber }) => ({ idnumber: idnumber.toLowerCase() })),
  one('users', ({ username }) => ({ username: `new.${username}` })),
  one('users', () => ({ firstname: 'By hand' })),
  one('users', () => ({ email: 'n1@school.example' })),
  one('users', () => ({ siteAccount: true })),
  one('users', () => ({ timecreated: 5 })),
  one('courses', () => undefined),
  one('courses', () => ({ idnumber: '' })),
  one('courses', (_, at) => ({ idnumber: codes[at % 3]! })),
  one('courses', ({ shortname }) => ({ shortname: `${shortname} *` })),
  one('courses', () => ({ fullname: 'By hand' })),
  one('courses', () => ({ category: 1 })),
  one('enrolments', () => undefined),
  one('enrolments', () => ({ status: 1 })),
  one('manualInstances', () => undefined),
  one('manualInstances', () => ({ status: 1 })),
  (at) => (state) => ({
    ...state,
    roles: toRoles(change(listRoles(state.roles), at, ([key]) => [key, ['editingteacher']])),
  }),
  () => (state) => ({ ...state, formats: new Set(['weeks']) }),
  (at) => (state) => merged(state, at),
];

/** A deleted course takes its enrolments along, a deleted account its own. */
function settleMoodle(state: MoodleState): MoodleState {
  const courses = new Set(state.courses.map(({ id }) => id));
  const users = new Set(state.users.map(({ id }) => id));
  const logins = new Set<string>();
  const disabled = new Set(state.manualInstances.filter(({ status }) => status !== 0).map(({ id }) => id));
  const instances = new Set(state.manualInstances.map(({ id }) => id));
  return {
    ...state,
    users: state.users.filter(({ username }) => !logins.has(username) && logins.add(username)),
    manualInstances: state.manualInstances.filter(({ courseid }) => courses.has(courseid)),
    enrolments: state.enrolments
      .filter((row) => courses.has(row.courseid) && users.has(row.userid) && instances.has(row.enrolid))
      .map((row) => ({ ...row, instanceStatus: disabled.has(row.enrolid) ? 1 : 0 })),
  };
}

/** What KN says of one person this year. */
const fate = fc.oneof(
  { weight: 6, arbitrary: fc.constant('stays' as const) },
  fc.constantFrom(
    'leaves',
    'renamed',
    'takes-login',
    'takes-email',
    'disabled',
    'nameless',
    'new-id',
    'took-over',
  ),
);
type Fate = typeof fate extends fc.Arbitrary<infer F> ? F : never;

function fated(externalId: string, what: Fate, other: string): PersonRecord[] {
  const person = personOf(externalId);
  switch (what) {
    case 'leaves':
      return [];
    case 'took-over':
      return [{ ...personOf(other), externalId }];
    case 'renamed':
      return [{ ...person, surname: 'Renamed', firstName: 'Ngāio' }];
    case 'takes-login':
      return [{ ...person, login: other.toLowerCase() }];
    case 'takes-email':
      return [{ ...person, email: `${other.toLowerCase()}@school.example` }];
    case 'disabled':
      return [{ ...person, disabled: true }];
    case 'nameless':
      return [{ ...person, surname: '', email: '' }];
    case 'new-id':
      return [{ ...person, externalId: `${externalId}X` }];
    default:
      return [person];
  }
}

const everybody = [...old, 'T1', 'T2', ...fresh];

/** This year's reading of the same school. */
const thisYear: fc.Arbitrary<Snapshot> = fc
  .record({
    fates: fc.array(fc.tuple(fate, fc.constantFrom(...everybody)), {
      minLength: everybody.length,
      maxLength: everybody.length,
    }),
    members: fc.array(
      fc.record({ group: fc.constantFrom(...codes), person: fc.constantFrom(...everybody) }),
      {
        maxLength: 14,
      },
    ),
    names: fc.array(fc.constantFrom('Class A', 'Renamed class', ''), { minLength: 3, maxLength: 3 }),
    gone: fc.subarray(codes, { maxLength: 1 }),
  })
  .map(({ fates, members, names, gone }) => {
    const persons = everybody.flatMap((externalId, at) => fated(externalId, ...fates[at]!));
    const ids = new Set(persons.map(({ externalId }) => externalId));
    const groups = codes
      .map((code, at) => group(code, { name: names[at]! }))
      .filter(({ externalId }) => !gone.includes(externalId));
    return snapshot(
      persons,
      groups,
      members.filter(({ person }) => ids.has(person)),
    );
  });

const answer = fc.constantFrom('continues' as const, 'new-course' as const);

/** An input in the second year. */
export const secondYear: fc.Arbitrary<PlanInput> = fc
  .record({
    first: firstYear,
    now: thisYear,
    tinkering: fc.array(fc.record({ what: fc.constantFrom(...tinkers), at: fc.nat(20) }), { maxLength: 5 }),
    acceptAll: fc.boolean(),
    reused: fc.dictionary(fc.constantFrom(...codes), answer, { maxKeys: 3 }),
    fallback: fc.option(answer),
    shortname: fc.constantFrom('{code}', '{code} {year}'),
    owned: fc.subarray(['firstname', 'lastname', 'email', 'username', 'fullname'] as const, { minLength: 2 }),
    allowSameEmail: fc.boolean(),
  })
  .map(({ first, now, tinkering, acceptAll, reused, fallback, shortname, owned, allowSameEmail }) => {
    const state = tinkering.reduce((result, { what, at }) => what(at)(result), first.applied.moodle);
    const parts: Partial<PlanInput> = {
      snapshot: now,
      previous: first.snapshot,
      moodle: settleMoodle(state),
      managed: first.applied.managed,
      settings: settingsOf(
        2027,
        { ownedByKN: owned },
        { shortname, ...(fallback === null ? {} : { reusedCode: fallback }) },
      ),
      answers: answers({}, reused),
    };
    const given = input(parts);
    const withSite = { ...given, site: { ...given.site, allowSameEmail } };
    if (!acceptAll) return withSite;
    const links = Object.fromEntries(
      makePlan(withSite).proposals.map(({ kind, externalId, moodleId }) => [
        `${kind} ${externalId} ${moodleId}`,
        'accepted' as const,
      ]),
    );
    return { ...withSite, answers: answers(links, reused) };
  });
