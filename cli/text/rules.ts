/** Group provisioning rules as an administrator reads them. */
import type { GroupProvisioningRule } from '../../data/model/settings.js';
import type { FilledMembership, UnknownClass } from '../../data/rules/group-provisioning/fill-classes.js';
import type { RuleInForce } from '../../data/rules/group-provisioning/rules-in-force.js';
import { count, countOf } from './format.js';
import type { Style } from './style.js';
import { renderTable } from './table.js';

/** Whose rule it is. */
export const ruleOwners = { settings: 'settings', knowledgenet: 'KnowledgeNET' } as const;

const userTypeWords = { all: 'students and teachers', student: 'students', teacher: 'teachers' } as const;

/** "students of year 10 who are in 10A or 10B become members of SUPER". */
export function describeRule(rule: GroupProvisioningRule): string {
  const level = rule.yearLevel === undefined ? '' : ` of year ${rule.yearLevel}`;
  const member = rule.memberOf === undefined ? '' : ` who are in ${rule.memberOf.join(' or ')}`;
  const fresh = rule.applyToExisting ? '' : ', if they are new,';
  return `${userTypeWords[rule.userType]}${level}${member}${fresh} become members of ${rule.target}`;
}

/** The rules, one line each, and what is wrong with them as a set. */
export function renderRules(
  rules: readonly RuleInForce[],
  circles: readonly (readonly RuleInForce[])[],
  style: Style,
): string {
  if (rules.length === 0) return 'There are no group provisioning rules.';
  const table = renderTable(
    [
      { title: 'rule' },
      { title: 'of' },
      { title: 'what it does', limit: 150 },
      { title: 'courses of its classes' },
    ],
    rules.map((rule) => [
      rule.name,
      ruleOwners[rule.origin],
      describeRule(rule),
      rule.memberOf === undefined ? '' : rule.provisionMembers === false ? 'none of their own' : 'as usual',
    ]),
  );
  const wrong = circles.map((circle) =>
    style.bad(
      `These fill each other in a circle, and nothing is planned: ${circle.map(({ name }) => name).join(' → ')}`,
    ),
  );
  return [table, ...wrong].join('\n\n');
}

/** How many a rule would add. A membership that several rules give is counted for each. */
export interface RuleCount {
  readonly rule: RuleInForce;
  readonly memberships: number;
}

/** Counts per rule, in the order of the rules; rules that add nobody are there with 0. */
export function countByRule(
  rules: readonly RuleInForce[],
  memberships: readonly FilledMembership<RuleInForce>[],
): RuleCount[] {
  const counts = new Map<RuleInForce, number>(rules.map((rule) => [rule, 0]));
  for (const { rules: by } of memberships)
    for (const rule of by) counts.set(rule, (counts.get(rule) ?? 0) + 1);
  return [...counts].map(([rule, number]) => ({ rule, memberships: number }));
}

/** Somebody whom a rule would add, with the words that people know them by. */
export interface PreviewRow {
  readonly class: string;
  readonly className: string;
  readonly person: string;
  readonly name: string;
  readonly type: string;
  readonly yearLevel: string;
  readonly disabled: boolean;
  readonly rules: readonly string[];
}

function unknownLine({ group, target, rules }: UnknownClass<RuleInForce>): string {
  const names = rules.map(({ name }) => `"${name}"`).join(', ');
  const effect = target ? 'nobody is added' : 'it is passed over';
  return `KnowledgeNET has no class ${group}, which ${names} ${rules.length === 1 ? 'names' : 'name'}: ${effect}.`;
}

/** Counts, unknown classes, and the beginning of the list. */
export function renderPreview(
  head: string,
  counts: readonly RuleCount[],
  unknown: readonly UnknownClass<RuleInForce>[],
  rows: readonly PreviewRow[],
  shown: number,
  style: Style,
): string {
  const table = renderTable(
    [{ title: 'rule' }, { title: 'of' }, { title: 'would add' }, { title: 'what it does', limit: 150 }],
    counts.map(({ rule, memberships }) => [
      rule.name,
      ruleOwners[rule.origin],
      memberships,
      describeRule(rule),
    ]),
  );
  const list = renderTable(
    [
      { title: 'class' },
      { title: 'person' },
      { title: 'name' },
      { title: 'type' },
      { title: 'year' },
      { title: 'by' },
    ],
    rows
      .slice(0, shown)
      .map((row) => [
        row.class,
        row.person,
        row.name,
        row.disabled ? `${row.type}, disabled` : row.type,
        row.yearLevel,
        row.rules.join(', '),
      ]),
  );
  return [
    style.bold(head),
    table,
    ...(unknown.length === 0 ? [] : [unknown.map((one) => style.careful(unknownLine(one))).join('\n')]),
    ...(rows.length === 0
      ? []
      : [style.bold(`${countOf(rows.length, 'membership')} would be added`) + `\n${list}`]),
    ...(rows.length > shown ? [`… and ${count(rows.length - shown)} more: --all, --csv or --json`] : []),
  ].join('\n\n');
}
