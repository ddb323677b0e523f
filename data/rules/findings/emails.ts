/** E-mail addresses: present, readable, one person each. */
import type { Severity } from '../../model/finding.js';
import type { PersonRecord } from '../../model/snapshot.js';
import type { CollationFold } from '../../moodle/state.js';
import { columns, isTooLong, type Draft } from './draft.js';
import { sharing } from './duplicates.js';
import { columnLimits, type RecordLimits } from './limits.js';
import type { Row } from './rows.js';

const local = /^[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*$/;
const label = /^[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?$/;

/** Whether this is an address as school mail systems make them: one @, a domain with a dot, ASCII, no spaces. */
export function isEmail(text: string): boolean {
  const at = text.indexOf('@');
  if (at < 1 || at > 64 || at !== text.lastIndexOf('@')) return false;
  const labels = text.slice(at + 1).split('.');
  return local.test(text.slice(0, at)) && labels.length >= 2 && labels.every((part) => label.test(part));
}

function severityOf(limits: RecordLimits, otherwise: Severity): Severity {
  return limits.emailRequired ? 'drops-record' : otherwise;
}

function drop(index: number, severity: Severity, draft: Draft): void {
  if (severity === 'drops-record') draft.persons.add(index);
  else if (severity === 'drops-value') draft.dropPersonField(index, 'email');
}

/**
 * Checks the addresses of the given persons. An address that cannot be used counts as none, and whether a person
 * without address gets an account is the school's decision. Of persons who share one, none keeps it.
 */
export function checkEmails(
  rows: readonly Row<PersonRecord>[],
  indexes: readonly number[],
  fold: CollationFold,
  limits: RecordLimits,
  draft: Draft,
): void {
  const unusable = severityOf(limits, 'drops-value');
  const valid = new Map<number, string>();
  for (const index of indexes) {
    const row = rows[index]!;
    const { email = '', externalId } = row.record;
    const detail = { column: columns.email, subject: externalId };
    if (email === '') {
      const severity = severityOf(limits, 'notice');
      drop(index, severity, draft);
      draft.report('MissingEmail', severity, row, detail);
    } else if (isTooLong(email, columnLimits.email) || !isEmail(email)) {
      drop(index, unusable, draft);
      const code = isTooLong(email, columnLimits.email) ? 'ValueTooLong' : 'InvalidEmail';
      draft.report(code, unusable, row, { ...detail, value: email });
    } else valid.set(index, fold(email));
  }
  const severity: Severity = limits.sameEmailAllowed ? 'notice' : unusable;
  for (const shared of sharing(valid.keys(), (index) => valid.get(index)))
    for (const index of shared) {
      const row = rows[index]!;
      drop(index, severity, draft);
      draft.report('DuplicateEmail', severity, row, {
        column: columns.email,
        value: row.record.email ?? '',
        subject: row.record.externalId,
      });
    }
}
