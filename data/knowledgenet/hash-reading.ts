/** What a reading says, as one hash, before the rules have left anything out of it. */
import { createHash } from 'node:crypto';
import type { GroupProvisioningRule } from '../model/settings.js';
import { canonicalLines } from './canonical.js';
import type { ReadSource } from './source.js';

const recordsOf = <R>(rows: readonly { readonly record: R }[]): R[] => rows.map(({ record }) => record);

/**
 * SHA-256 of the rows in the order in which they were read, of the findings on cells, and of KnowledgeNET's own rules. Two
 * readings with the same hash become the same snapshot with the same findings; two with different ones may do so, too, for
 * instance when their rows stand in another order. Where a row stands in its file is not part of it.
 */
export function hashReading(read: ReadSource, rules: readonly GroupProvisioningRule[]): string {
  const { rows, frame, findings, renamed } = read;
  const records = {
    groupType: recordsOf(rows.groupTypes),
    group: recordsOf(rows.groups),
    person: recordsOf(rows.persons),
    membership: recordsOf(rows.memberships),
  };
  const codes = findings.map(({ code, severity }) => [code, severity]);
  const beside = { frame, codes, rules, renamed: [[...renamed.persons], [...renamed.groups]] };
  const hash = createHash('sha256').update(`${JSON.stringify(beside)}\n`);
  for (const piece of canonicalLines({ ...frame, records })) hash.update(piece, 'utf8');
  return hash.digest('hex');
}
