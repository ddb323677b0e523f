/** KN's User ID by Moodle's rules for usernames. */
import type { PersonRecord } from '../../model/snapshot.js';
import type { CollationFold } from '../../moodle/state.js';
import { isValidLogin, normaliseLogin } from '../login.js';
import { columns, isTooLong, type Draft } from './draft.js';
import { sharing } from './duplicates.js';
import { columnLimits, type RecordLimits } from './limits.js';
import type { Row } from './rows.js';

/**
 * Checks the logins of the given persons. Capitals are no problem by themselves: we write them small, as Moodle wants
 * them. Of persons who share a login none is kept: nothing tells whose it is.
 */
export function checkLogins(
  rows: readonly Row<PersonRecord>[],
  indexes: readonly number[],
  fold: CollationFold,
  limits: RecordLimits,
  draft: Draft,
): void {
  const valid = new Map<number, string>();
  for (const index of indexes) {
    const row = rows[index]!;
    const { login = '', externalId } = row.record;
    const normalised = normaliseLogin(login);
    const detail = { column: columns.login, subject: externalId };
    if (normalised === '') {
      draft.persons.add(index);
      draft.report('MissingLogin', 'drops-record', row, detail);
    } else if (isTooLong(normalised, columnLimits.username)) {
      draft.persons.add(index);
      draft.report('ValueTooLong', 'drops-record', row, { ...detail, value: login });
    } else if (!isValidLogin(normalised, limits.extendedUsernameChars)) {
      draft.persons.add(index);
      draft.report('InvalidLogin', 'drops-record', row, { ...detail, value: login });
    } else valid.set(index, fold(normalised));
  }
  for (const shared of sharing(valid.keys(), (index) => valid.get(index)))
    for (const index of shared) {
      const row = rows[index]!;
      draft.persons.add(index);
      draft.report('DuplicateLogin', 'drops-record', row, {
        column: columns.login,
        value: row.record.login ?? '',
        subject: row.record.externalId,
      });
    }
}
