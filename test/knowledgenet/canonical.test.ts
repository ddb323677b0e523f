import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  buildSnapshot,
  noRows,
  nothingDropped,
  type SnapshotFrame,
} from '../../data/knowledgenet/build-snapshot.js';
import { canonicalLines, hashSnapshot } from '../../data/knowledgenet/canonical.js';
import { compareCodePoints } from '../../data/model/code-points.js';
import type { RecordRows } from '../../data/rules/findings/rows.js';

const frame: SnapshotFrame = {
  reading: 'complete',
  complete: true,
  statements: { students: true, teachers: false, groups: true },
  restated: noRows,
};

const rows: RecordRows = {
  persons: [
    {
      record: {
        externalId: '0007',
        type: 'student',
        nsn: '',
        surname: 'Tūhoe',
        firstName: 'Māia',
        yearLevel: '9',
        login: 'maia.tuhoe',
      },
      at: { sheet: 'students', row: 2 },
    },
  ],
  groups: [{ record: { externalId: '9A', name: '9A Form', groupType: 'Form class' } }],
  groupTypes: [{ record: { name: 'Form class' } }],
  memberships: [{ record: { group: '9A', person: '0007' }, at: { sheet: 'students', row: 2 } }],
};

const hashOf = (given: Partial<RecordRows>, change: Partial<SnapshotFrame> = {}): string =>
  hashSnapshot(buildSnapshot({ ...rows, ...given }, { ...frame, ...change }, nothingDropped));

describe('canonical form', () => {
  it('is what docs/snapshot.md shows, and so is its hash', () => {
    const doc = readFileSync(resolve(import.meta.dirname, '../../docs/snapshot.md'), 'utf8');
    const [, example, hash] = /Example[^`]*```\n([^`]*)```\n\nSHA-256: `([0-9a-f]{64})`/.exec(doc) ?? [];
    const snapshot = buildSnapshot(rows, frame, nothingDropped);
    expect([...canonicalLines(snapshot)].join('')).toBe(example);
    expect(hashSnapshot(snapshot)).toBe(hash);
    // computed without our code
    expect(createHash('sha256').update(example!, 'utf8').digest('hex')).toBe(hash);
  });

  it('escapes quotes and backslashes only', () => {
    const record = { externalId: 'a"b\\c/d\u2028', type: 'teacher' } as const;
    const snapshot = buildSnapshot({ ...noRows, persons: [{ record }] }, frame, nothingDropped);
    expect([...canonicalLines(snapshot)].join('')).toContain('["person","a\\"b\\\\c/d\u2028","teacher",null');
  });

  it('orders by code point, also beyond the basic plane', () => {
    const ids = ['\u{1f600}', '\uffee', 'b', '\ud7ff', 'B', 'ba', '\u{10000}', ''];
    const byCodePoint = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));
    expect([...ids].sort(compareCodePoints)).toEqual([...ids].sort(byCodePoint));
    expect([...ids].sort()).not.toEqual([...ids].sort(byCodePoint));
  });

  it('is not changed by where rows stood, by equal rows, or by how it was read', () => {
    const [person] = rows.persons;
    expect(hashOf({ persons: [{ ...person!, at: { sheet: 'Pupils', row: 99 } }] })).toBe(hashOf({}));
    expect(hashOf({ persons: [person!, { record: { ...person!.record } }] })).toBe(hashOf({}));
    expect(hashOf({ memberships: [...rows.memberships, ...rows.memberships] })).toBe(hashOf({}));
    expect(hashOf({}, { reading: 'changes' })).toBe(hashOf({}));
  });

  it('is changed by every value, by blank instead of missing, and by what is stated', () => {
    const [person] = rows.persons;
    const [group] = rows.groups;
    const hashes = [
      hashOf({}),
      ...(['nsn', 'title', 'surname', 'firstName', 'yearLevel', 'login', 'email'] as const).map((field) =>
        hashOf({ persons: [{ record: { ...person!.record, [field]: 'other' } }] }),
      ),
      hashOf({ persons: [{ record: { ...person!.record, title: '' } }] }),
      hashOf({ persons: [{ record: { ...person!.record, disabled: false } }] }),
      hashOf({ persons: [{ record: { ...person!.record, disabled: true } }] }),
      hashOf({ persons: [{ record: { ...person!.record, type: 'teacher' } }] }),
      hashOf({ groups: [{ record: { ...group!.record, smsControlled: false } }] }),
      hashOf({ groups: [{ record: { ...group!.record, provisioning: 'disabled' } }] }),
      hashOf({ groups: [{ record: { ...group!.record, name: 'other' } }] }),
      hashOf({ groupTypes: [] }),
      hashOf({ memberships: [] }),
      hashOf({}, { complete: false }),
      hashOf({}, { statements: { ...frame.statements, teachers: true } }),
    ];
    expect(new Set(hashes).size).toBe(hashes.length);
  });
});

describe('building a snapshot', () => {
  it('uses none of several different rows with one External ID, in any order', () => {
    const [person] = rows.persons;
    const other = { record: { ...person!.record, surname: 'Smith' } };
    const snapshots = [
      [person!, other, person!],
      [other, person!, person!],
      [person!, person!, other],
    ].map((persons) => buildSnapshot({ ...rows, persons }, frame, nothingDropped));
    for (const snapshot of snapshots) {
      expect(snapshot.records.person).toEqual([]);
      expect(snapshot.records.membership).toEqual([]);
    }
  });

  it('leaves out dropped records and fields, and memberships that hang on them', () => {
    const dropped = {
      ...nothingDropped,
      groups: new Set([0]),
      fields: { persons: new Map([[0, new Set(['login'] as const)]]), groups: new Map() },
    };
    const { records } = buildSnapshot(rows, frame, dropped);
    expect(records.group).toEqual([]);
    expect(records.membership).toEqual([]);
    expect(records.person[0]).not.toHaveProperty('login');
  });

  it('says nothing about memberships without a statement about classes', () => {
    const statements = { ...frame.statements, groups: false };
    expect(buildSnapshot(rows, { ...frame, statements }, nothingDropped).records.membership).toEqual([]);
  });

  it('keeps the place of each record beside it', () => {
    const { provenance } = buildSnapshot(rows, frame, nothingDropped);
    expect(provenance.person.get('0007')).toEqual({ sheet: 'students', row: 2 });
    expect(provenance.membership.get('9A\u001f0007')).toEqual({ sheet: 'students', row: 2 });
    expect(provenance.group.has('9A')).toBe(false);
  });
});
