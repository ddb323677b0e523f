/** In which order rules are evaluated: a rule whose target is another's `memberOf` comes first. Circles have no order. */
import type { GroupProvisioningRule } from '../../model/settings.js';
import { compareCodePoints } from '../../model/code-points.js';

/** What of a rule says whom it waits for. */
type Linked = Pick<GroupProvisioningRule, 'target' | 'memberOf'>;

/** Names that more than one rule has, each once. */
export function repeatedNames(rules: readonly Pick<GroupProvisioningRule, 'name'>[]): string[] {
  const seen = new Set<string>();
  const repeated = new Set<string>();
  for (const { name } of rules) (seen.has(name) ? repeated : seen).add(name);
  return [...repeated].sort(compareCodePoints);
}

/** Rules by the class that they fill. */
function byTarget<R extends Linked>(rules: readonly R[]): Map<string, R[]> {
  const filling = new Map<string, R[]>();
  for (const rule of rules) {
    const list = filling.get(rule.target);
    if (list === undefined) filling.set(rule.target, [rule]);
    else list.push(rule);
  }
  return filling;
}

/** Rules that fill a class which this rule looks at. */
function feedersOf<R extends Linked>(rule: R, filling: ReadonlyMap<string, readonly R[]>): R[] {
  return [...new Set(rule.memberOf)].flatMap((group) => filling.get(group) ?? []);
}

interface Ordered<R> {
  /** Each after all that fill its classes. */
  readonly ordered: readonly R[];
  /** Rules of a circle, and those that wait for one. */
  readonly waiting: readonly R[];
}

/** Takes rules whose feeders are all taken, until none is left that can be taken. */
function takeInOrder<R extends Linked>(rules: readonly R[]): Ordered<R> {
  const filling = byTarget(rules);
  const fed = new Map<R, R[]>();
  const open = new Map<R, number>();
  for (const rule of rules) {
    const feeders = feedersOf(rule, filling);
    open.set(rule, feeders.length);
    for (const feeder of feeders) {
      const list = fed.get(feeder);
      if (list === undefined) fed.set(feeder, [rule]);
      else list.push(rule);
    }
  }
  const ordered = rules.filter((rule) => open.get(rule) === 0);
  // The list grows while it is walked: a rule joins it when its last feeder is passed.
  for (const rule of ordered)
    for (const next of fed.get(rule) ?? []) {
      const left = open.get(next)! - 1;
      open.set(next, left);
      if (left === 0) ordered.push(next);
    }
  return { ordered, waiting: rules.filter((rule) => open.get(rule)! > 0) };
}

/** One circle among rules each of which waits for another of them: follow whom it waits for until one comes again. */
function findCircle<R extends Linked>(waiting: readonly R[]): R[] {
  const filling = byTarget(waiting);
  const path: R[] = [];
  const places = new Map<R, number>();
  for (let rule = waiting[0]; rule !== undefined; rule = feedersOf(rule, filling)[0]) {
    const met = places.get(rule);
    if (met !== undefined) return path.slice(met);
    places.set(rule, path.length);
    path.push(rule);
  }
  return [];
}

/** Circles of rules that fill each other; none of them can be evaluated. Rules that share one are named once. */
export function circlesOf<R extends Linked>(rules: readonly R[]): R[][] {
  const circles: R[][] = [];
  let left = rules;
  for (;;) {
    const { waiting } = takeInOrder(left);
    if (waiting.length === 0) return circles;
    const circle = findCircle(waiting);
    if (circle.length === 0) return circles;
    circles.push(circle);
    left = waiting.filter((rule) => !circle.includes(rule));
  }
}

/** The rules in an order in which each is evaluated once. Rules of a circle are left out: see `circlesOf`. */
export function orderRules<R extends Linked>(rules: readonly R[]): readonly R[] {
  return takeInOrder(rules).ordered;
}
