/** What a reading says, as one hash, before the rules have left anything out of it. */
import { createHash } from 'node:crypto';
import type { GroupProvisioningRule } from '../model/settings.js';
import type { RecordRows } from '../rules/findings/rows.js';
import { recordLine } from './canonical.js';
import type { ReadSource } from './source.js';

/** Person → her classes in the order in which she names them: twenty times fewer lines to sort than memberships. */
function classLists(memberships: RecordRows['memberships']): Map<string, string> {
  const lists = new Map<string, string>();
  for (const { record } of memberships) {
    const { group, person } = record;
    lists.set(person, `${lists.get(person) ?? ''}${group.length}:${group}`);
  }
  return lists;
}

function* linesOf({ groupTypes, groups, persons, memberships }: RecordRows): Generator<string> {
  for (const { record } of groupTypes) yield recordLine('groupType', record);
  for (const { record } of groups) yield recordLine('group', record);
  for (const { record } of persons) yield recordLine('person', record);
  for (const list of classLists(memberships)) yield `${JSON.stringify(list)}\n`;
}

/**
 * SHA-256 of the rows, of the findings on cells and of KnowledgeNET's own rules, wherever and in which order they stand.
 * Two readings with the same hash become the same snapshot with as many findings of each kind; two with different ones may
 * do so, too, for instance when somebody's classes come in another order.
 */
export function hashReading(read: ReadSource, rules: readonly GroupProvisioningRule[]): string {
  const { rows, frame, findings, renamed } = read;
  const codes = findings.map(({ code, severity }) => `${code} ${severity}`).sort();
  const renamings = [[...renamed.persons].sort(), [...renamed.groups].sort()];
  const hash = createHash('sha256').update(`${JSON.stringify({ frame, codes, rules, renamings })}\n`);
  for (const line of [...linesOf(rows)].sort()) hash.update(line, 'utf8');
  return hash.digest('hex');
}
