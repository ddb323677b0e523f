/** Memberships: each names a person and a class of the reading, once. */
import { KEY_SEPARATOR } from '../../model/snapshot.js';
import { columns, type Draft } from './draft.js';
import type { RecordRows } from './rows.js';

/**
 * Drops memberships that have no person or no class left. A class that nobody knows is a finding; where the person or
 * the class itself was dropped, its own finding has said why. Repeated memberships collapse. Without a statement about
 * classes there is none about memberships.
 */
export function checkMemberships(rows: RecordRows, groupsStated: boolean, draft: Draft): void {
  const known = new Set(rows.groups.map((row) => row.record.externalId));
  const groups = keptIds(rows.groups, draft.groups);
  const persons = keptIds(rows.persons, draft.persons);
  const seen = new Set<string>();
  rows.memberships.forEach((row, index) => {
    const { group, person } = row.record;
    if (groupsStated && !known.has(group))
      draft.report('UnknownGroup', 'drops-value', row, {
        column: columns.memberOfGroup,
        value: group,
        subject: person,
      });
    const key = group + KEY_SEPARATOR + person;
    if (!groupsStated || !groups.has(group) || !persons.has(person) || seen.has(key))
      draft.memberships.add(index);
    else seen.add(key);
  });
}

function keptIds(
  rows: readonly { readonly record: { readonly externalId: string } }[],
  dropped: ReadonlySet<number>,
): Set<string> {
  const ids = new Set<string>();
  rows.forEach((row, index) => {
    if (!dropped.has(index)) ids.add(row.record.externalId);
  });
  return ids;
}
