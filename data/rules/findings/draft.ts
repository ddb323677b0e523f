/** The findings and droppings of one pass, while they are collected. */
import type { Finding, FindingCode, Severity } from '../../model/finding.js';
import type { GroupRecord, PersonRecord } from '../../model/snapshot.js';
import { catalogue } from './catalogue.js';
import type { Dropped, Row } from './rows.js';

/** KN's header of each field, as the export spells it. */
export const columns = {
  externalId: 'Unique External Id',
  firstName: 'First Name',
  surname: 'Surname',
  login: 'User ID',
  email: 'Email Address',
  memberOfGroup: 'Member of Group',
  name: 'Name',
  groupType: 'Group Type',
  smsControlled: 'SMS Controlled',
} as const;

const MAX_VALUE_LENGTH = 200;

/** At most 200 characters, never half of one. */
export function excerpt(value: string): string {
  if (value.length <= MAX_VALUE_LENGTH) return value;
  return Array.from(value.slice(0, MAX_VALUE_LENGTH * 2))
    .slice(0, MAX_VALUE_LENGTH)
    .join('');
}

/** Whether a column of `limit` characters (not UTF-16 units) is too short for the value. */
export function isTooLong(value: string, limit: number): boolean {
  return value.length > limit && Array.from(value).length > limit;
}

interface Detail {
  /** Where no row is concerned. */
  readonly sheet?: string;
  readonly column?: string;
  readonly value?: string;
  readonly subject?: string;
}

export class Draft implements Dropped {
  readonly findings: Finding[] = [];
  readonly persons = new Set<number>();
  readonly groups = new Set<number>();
  readonly groupTypes = new Set<number>();
  readonly memberships = new Set<number>();
  readonly fields = {
    persons: new Map<number, Set<keyof PersonRecord>>(),
    groups: new Map<number, Set<keyof GroupRecord>>(),
  };

  /** Notes one problem; where it stands is the row's. */
  report(
    code: FindingCode,
    severity: Severity,
    row: Pick<Row<unknown>, 'at'> | undefined,
    detail: Detail,
  ): void {
    this.findings.push({
      code,
      severity,
      ...(detail.sheet === undefined ? {} : { sheet: detail.sheet }),
      ...(row?.at === undefined ? {} : { sheet: row.at.sheet, row: row.at.row }),
      ...(detail.column === undefined ? {} : { column: detail.column }),
      ...(detail.value === undefined ? {} : { value: excerpt(detail.value) }),
      ...(detail.subject === undefined || detail.subject === '' ? {} : { subject: excerpt(detail.subject) }),
      mend: catalogue[code].mend,
    });
  }

  /** Leaves one field of a person out. */
  dropPersonField(index: number, field: keyof PersonRecord): void {
    const fields = this.fields.persons.get(index);
    if (fields === undefined) this.fields.persons.set(index, new Set([field]));
    else fields.add(field);
  }

  /** Leaves one field of a class out. */
  dropGroupField(index: number, field: keyof GroupRecord): void {
    const fields = this.fields.groups.get(index);
    if (fields === undefined) this.fields.groups.set(index, new Set([field]));
    else fields.add(field);
  }
}
