/** Who becomes a member of which class by rule (docs/group-provisioning.md). Rules add; what the source has is the source's. */
import type { GroupProvisioningRule } from '../../model/settings.js';
import type { PersonRecord, Snapshot } from '../../model/snapshot.js';
import { sortedBy } from '../plan/order.js';
import { orderRules } from './order.js';
import type { RuleOrigin } from './rules-in-force.js';

/** Class → persons. */
export type Memberships = ReadonlyMap<string, ReadonlySet<string>>;

/** A rule, and whose it is; absent: the school's. */
export interface EvaluatedRule extends GroupProvisioningRule {
  readonly origin?: RuleOrigin;
}

export interface FillInput<R extends EvaluatedRule = EvaluatedRule> {
  readonly snapshot: Snapshot;
  /** In any order; see `joinRules`. */
  readonly rules: readonly R[];
  /** The last applied snapshot; null: everybody is new. */
  readonly previous: Snapshot | null;
  /** What rules had added when that one was applied: whom a rule took once, it keeps as long as its conditions hold. */
  readonly filledBefore?: Memberships | undefined;
}

/** A membership that only rules give. */
export interface FilledMembership<R> {
  readonly group: string;
  readonly person: string;
  /** Every rule that gives it; never empty. */
  readonly rules: readonly R[];
}

/** A class that rules name and KnowledgeNET does not have. */
export interface UnknownClass<R> {
  readonly group: string;
  /** It was to be filled; else it was only looked at. */
  readonly target: boolean;
  readonly rules: readonly R[];
}

export interface FilledClasses<R extends EvaluatedRule = EvaluatedRule> {
  /** By class in the order of evaluation; each once. */
  readonly memberships: readonly FilledMembership<R>[];
  /** By External ID. */
  readonly unknown: readonly UnknownClass<R>[];
}

/** Whether a person is of the type and year level that a rule is about; who has no year level has none that is asked for. */
export function isMeant(
  rule: Pick<GroupProvisioningRule, 'userType' | 'yearLevel'>,
  person: Pick<PersonRecord, 'type' | 'yearLevel'>,
): boolean {
  if (rule.userType !== 'all' && rule.userType !== person.type) return false;
  return rule.yearLevel === undefined || rule.yearLevel === person.yearLevel;
}

/**
 * Tells for whom a rule for new people is: who is new since the last applied snapshot. Before the first one everybody
 * is new to the school's rules; KnowledgeNET has decided about its own when it made them, and its reading shows it.
 * About whom a snapshot says nothing, nobody is new.
 */
export function newcomers(
  previous: Snapshot | null,
): (person: PersonRecord, rule: Pick<EvaluatedRule, 'origin'>) => boolean {
  if (previous === null) return (_, { origin }) => origin !== 'knowledgenet';
  const known = new Set(previous.records.person.map(({ externalId }) => externalId));
  const withheld = previous.withheld?.persons;
  const { students, teachers } = previous.statements;
  return ({ externalId, type }) =>
    (type === 'student' ? students : teachers) &&
    !known.has(externalId) &&
    withheld?.has(externalId) !== true;
}

/** Members of the classes that rules name, as the source has them. */
function sourceMembers(
  { records }: Snapshot,
  rules: readonly GroupProvisioningRule[],
  persons: ReadonlyMap<string, PersonRecord>,
): Map<string, Set<string>> {
  const members = new Map<string, Set<string>>();
  for (const { target, memberOf = [] } of rules)
    for (const group of [target, ...memberOf]) members.set(group, new Set());
  for (const { group, person } of records.membership)
    if (persons.has(person)) members.get(group)?.add(person);
  return members;
}

class Filler<R extends EvaluatedRule> {
  readonly #persons: ReadonlyMap<string, PersonRecord>;
  readonly #isNew: ReturnType<typeof newcomers>;
  readonly #before: Memberships | undefined;
  readonly #source: ReadonlyMap<string, ReadonlySet<string>>;
  /** Class → person → the rules that give it. */
  readonly filled = new Map<string, Map<string, R[]>>();

  constructor({ snapshot, rules, previous, filledBefore }: FillInput<R>) {
    this.#persons = new Map(snapshot.records.person.map((person) => [person.externalId, person]));
    this.#isNew = newcomers(previous);
    this.#before = filledBefore;
    this.#source = sourceMembers(snapshot, rules, this.#persons);
  }

  /** Whom a rule looks at, each once or more often. */
  *#candidates({ memberOf }: R): Generator<string> {
    if (memberOf === undefined) yield* this.#persons.keys();
    else
      for (const group of memberOf) {
        yield* this.#source.get(group) ?? [];
        yield* this.filled.get(group)?.keys() ?? [];
      }
  }

  #concerns(rule: R, person: PersonRecord): boolean {
    if (!isMeant(rule, person)) return false;
    if (rule.applyToExisting || this.#isNew(person, rule)) return true;
    return this.#before?.get(rule.target)?.has(person.externalId) === true;
  }

  /** Evaluates one rule; those that fill its classes were evaluated before. */
  apply(rule: R): void {
    const { target } = rule;
    const source = this.#source.get(target)!;
    const added = this.filled.get(target) ?? new Map<string, R[]>();
    this.filled.set(target, added);
    for (const id of this.#candidates(rule)) {
      if (source.has(id) || !this.#concerns(rule, this.#persons.get(id)!)) continue;
      const rules = added.get(id);
      if (rules === undefined) added.set(id, [rule]);
      else if (rules.at(-1) !== rule) rules.push(rule);
    }
  }
}

function findUnknown<R extends EvaluatedRule>(
  { records, withheld }: Snapshot,
  rules: readonly R[],
): UnknownClass<R>[] {
  const known = new Set(records.group.map(({ externalId }) => externalId));
  const unknown = new Map<string, { target: boolean; rules: R[] }>();
  for (const rule of rules)
    for (const group of new Set([rule.target, ...(rule.memberOf ?? [])])) {
      if (known.has(group) || withheld?.groups.has(group) === true) continue;
      const found = unknown.get(group) ?? { target: false, rules: [] };
      unknown.set(group, { target: found.target || group === rule.target, rules: [...found.rules, rule] });
    }
  return sortedBy(unknown, ([group]) => [group]).map(([group, found]) => ({ group, ...found }));
}

/**
 * Evaluates every rule once, in the order in which they feed each other. Rules of a circle add nothing here; planning
 * refuses them (`refuseCircles`). A reading that says nothing about classes fills none.
 */
export function fillClasses<R extends EvaluatedRule>(input: FillInput<R>): FilledClasses<R> {
  const { snapshot, rules } = input;
  if (rules.length === 0 || !snapshot.statements.groups) return { memberships: [], unknown: [] };
  const filler = new Filler(input);
  const known = new Set(snapshot.records.group.map(({ externalId }) => externalId));
  for (const rule of orderRules(rules)) if (known.has(rule.target)) filler.apply(rule);
  const memberships: FilledMembership<R>[] = [];
  for (const [group, persons] of filler.filled)
    for (const [person, by] of persons) memberships.push({ group, person, rules: by });
  return { memberships, unknown: findUnknown(snapshot, rules) };
}

/** The same memberships, to look them up. */
export function byClass(
  memberships: Iterable<{ readonly group: string; readonly person: string }>,
): Memberships {
  const classes = new Map<string, Set<string>>();
  for (const { group, person } of memberships) {
    const persons = classes.get(group);
    if (persons === undefined) classes.set(group, new Set([person]));
    else persons.add(person);
  }
  return classes;
}
