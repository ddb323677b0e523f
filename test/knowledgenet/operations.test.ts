import { describe, expect, it } from 'vitest';
import { buildSnapshot, nothingDropped } from '../../data/knowledgenet/build-snapshot.js';
import { hashSnapshot } from '../../data/knowledgenet/canonical.js';
import { resolveOperations, type StatedRows } from '../../data/knowledgenet/operations.js';
import { allSheets, apply, change, codes, group, person } from './apply-rows.js';

describe('New External Id in a complete reading', () => {
  it('renames a person', () => {
    const result = apply({ persons: [person('A', 'a', { newId: 'B' })] });
    expect(result).toMatchObject({ people: { B: 'a' }, findings: [], renamed: { A: 'B' } });
  });

  it('follows chains and swaps', () => {
    const chain = apply({
      persons: [
        person('A', 'a', { newId: 'B' }),
        person('B', 'b', { newId: 'C' }),
        person('C', 'c', { newId: 'D' }),
      ],
    });
    expect(chain).toMatchObject({ people: { B: 'a', C: 'b', D: 'c' }, findings: [] });
    const swap = apply({ persons: [person('A', 'a', { newId: 'B' }), person('B', 'b', { newId: 'A' })] });
    expect(swap).toMatchObject({ people: { A: 'b', B: 'a' }, findings: [] });
  });

  it('does not give an id that belongs to somebody else, nor what depends on it', () => {
    const result = apply({
      persons: [person('A', 'a', { newId: 'B' }), person('B', 'b', { newId: 'C' }), person('C', 'c')],
    });
    expect(result.people).toEqual({ A: 'a', B: 'b', C: 'c' });
    expect(
      result.findings.map(({ code, severity, subject, value }) => [code, severity, subject, value]),
    ).toEqual([
      ['NewIdTaken', 'drops-value', 'A', 'B'],
      ['NewIdTaken', 'drops-value', 'B', 'C'],
    ]);
  });

  it('gives an id to nobody when two want it, or when rows of one id want different things', () => {
    const two = apply({ persons: [person('A', 'a', { newId: 'C' }), person('B', 'b', { newId: 'C' })] });
    expect(two.people).toEqual({ A: 'a', B: 'b' });
    expect(codes(two)).toEqual(['NewIdTaken A', 'NewIdTaken B']);
    const unsure = apply({ persons: [person('A', 'a', { newId: 'B' }), person('A', 'a', { newId: 'C' })] });
    expect(unsure.people).toEqual({ A: 'a' });
    expect(codes(unsure)).toEqual(['NewIdTaken A', 'NewIdTaken A']);
  });

  it('gives an id whose holder is deleted in the same reading', () => {
    const result = apply({ persons: [person('A', 'a', { newId: 'B' }), person('B', 'b', { remove: true })] });
    expect(result.people).toEqual({ B: 'a' });
    expect(codes(result)).toEqual(['DeletionRequested B']);
  });

  it('lets memberships name the old or the new id of a class; where an id is both, the old one', () => {
    const persons = [person('1', 'a', { groups: ['A'] }), person('2', 'b', { groups: ['B'] })];
    const renamed = apply({ persons, groups: [group('A', 'a', { newId: 'B' })] });
    expect(renamed.members).toEqual(['B:1', 'B:2']);
    const swapped = apply({
      persons,
      groups: [group('A', 'a', { newId: 'B' }), group('B', 'b', { newId: 'A' })],
    });
    expect(swapped.members).toEqual(['A:2', 'B:1']);
  });
});

describe('Y in a Delete column', () => {
  it('leaves the person out, with memberships', () => {
    const result = apply({
      persons: [person('A', 'a', { remove: true, groups: ['X'] }), person('B', 'b', { groups: ['X'] })],
      groups: [group('X', 'x')],
    });
    expect(result).toMatchObject({ people: { B: 'b' }, members: ['X:B'] });
    expect(codes(result)).toEqual(['DeletionRequested A']);
  });

  it('leaves a class out, and its memberships without calling it unknown', () => {
    const resolved = resolveOperations(
      {
        persons: [person('A', 'a', { groups: ['X', 'Y'] })],
        groups: [group('X', 'x', { remove: true })],
        groupTypes: [],
      },
      allSheets,
      'complete',
    );
    expect(resolved.rows.memberships.map(({ record }) => record.group)).toEqual(['Y']);
  });

  // T29
  it('of an old login never takes the active one of the same person away [T29]', () => {
    for (const reading of ['complete', 'changes'] as const) {
      const base = apply({ persons: [person('A', 'a')], groups: [group('X')] }).snapshot;
      const rows = {
        persons: [person('A', 'old', { remove: true }), person('A', 'a', { groups: ['X'] })],
        groups: [group('X')],
      };
      const result = apply(rows, reading, reading === 'changes' ? base : undefined);
      expect(result).toMatchObject({ people: { A: 'a' }, members: ['X:A'] });
      expect(codes(result)).toEqual(['DeletionRequested A']);
    }
  });
});

describe('a changes-only reading', () => {
  const base = apply({
    persons: [
      person('1', 'one', { groups: ['A'] }),
      person('2', 'two', { groups: ['A', 'B'] }),
      person('3', 'three'),
    ],
    groups: [group('A', 'a'), group('B', 'b')],
    groupTypes: [{ record: { name: 'T' }, at: { sheet: 'Group Types', row: 2 } }],
  }).snapshot;

  it('updates, creates, and says nothing by absence', () => {
    const result = change(base, {
      persons: [person('1', 'ONE'), person('4', 'four', { groups: ['B'] })],
      groupTypes: [{ record: { name: 'U' }, at: { sheet: 'Group Types', row: 2 } }],
    });
    expect(result.people).toEqual({ 1: 'ONE', 2: 'two', 3: 'three', 4: 'four' });
    expect(result.members).toEqual(['A:1', 'A:2', 'B:2', 'B:4']);
    expect(result.snapshot.records.groupType.map(({ name }) => name)).toEqual(['T', 'U']);
    expect(result.snapshot).toMatchObject({ reading: 'changes', complete: true });
  });

  it('keeps values of absent columns and takes blank cells at their word', () => {
    const blank = change(base, {
      persons: [{ ...person('1'), record: { externalId: '1', type: 'student', email: '' } }],
    });
    expect(blank.snapshot.records.person[0]).toEqual({
      externalId: '1',
      type: 'student',
      surname: 'one',
      email: '',
    });
    expect(change(base, { persons: [person('1', '')] }).people).toMatchObject({ 1: '' });
  });

  it("takes a person's classes for the whole list, unless the sheet has no such column", () => {
    expect(change(base, { persons: [person('2', 'two', { groups: ['B'] })] }).members).toEqual([
      'A:1',
      'B:2',
    ]);
    expect(change(base, { persons: [person('2', 'two', { groups: [] })] }).members).toEqual(['A:1']);
    expect(change(base, { persons: [person('2', 'TWO')] }).members).toEqual(['A:1', 'A:2', 'B:2']);
  });

  it('renames with all memberships, once', () => {
    const rows = { persons: [person('2', 'two', { newId: '9' })], groups: [group('A', 'a', { newId: 'Z' })] };
    const once = change(base, rows);
    expect(once).toMatchObject({
      people: { 1: 'one', 3: 'three', 9: 'two' },
      classes: { B: 'b', Z: 'a' },
      members: ['B:9', 'Z:1', 'Z:9'],
      findings: [],
    });
    const twice = change(once.snapshot, rows);
    expect(twice).toMatchObject({
      people: once.people,
      members: once.members,
      findings: [],
      renamed: { 2: '9' },
    });
  });

  it.each([
    [
      'a swap',
      { persons: [person('1', 'one', { newId: '2' }), person('2', 'two', { newId: '1' })] },
      { 1: 'two', 2: 'one', 3: 'three' },
    ],
    [
      'a swap that changes values too',
      { persons: [person('1', 'ONE', { newId: '2' }), person('2', 'two', { newId: '1' })] },
      { 1: 'two', 2: 'ONE', 3: 'three' },
    ],
    [
      'a chain',
      { persons: [person('1', 'one', { newId: '2' }), person('2', 'two', { newId: '7' })] },
      { 2: 'one', 3: 'three', 7: 'two' },
    ],
    [
      'a deletion whose id somebody takes',
      { persons: [person('1', 'one', { newId: '2' }), person('2', 'two', { remove: true })] },
      { 2: 'one', 3: 'three' },
    ],
    ['a deletion', { persons: [person('1', 'one', { remove: true })] }, { 2: 'two', 3: 'three' }],
    [
      'somebody new with a new id',
      { persons: [person('7', 'new', { newId: '8' })] },
      { 1: 'one', 2: 'two', 3: 'three', 8: 'new' },
    ],
  ] as [string, Partial<StatedRows>, Record<string, string>][])(
    'applies %s once, however often',
    (_what, rows, people) => {
      const once = change(base, rows);
      expect(once.people).toEqual(people);
      const twice = change(once.snapshot, rows);
      expect(twice.people).toEqual(people);
      expect(hashSnapshot(twice.snapshot)).toBe(hashSnapshot(once.snapshot));
    },
  );

  it('does not make a swap that could be one made before', () => {
    const result = change(base, {
      persons: [person('1', undefined, { newId: '2' }), person('2', undefined, { newId: '1' })],
    });
    // the rows state no more than that both are students
    expect(result.people).toEqual({ 1: 'one', 2: 'two', 3: 'three' });
    expect(codes(result)).toEqual(['NewIdTaken 1', 'NewIdTaken 2']);
  });

  it('does not give an id that somebody else has', () => {
    const result = change(base, { persons: [person('1', 'one', { newId: '3' })] });
    expect(result.people).toEqual({ 1: 'one', 2: 'two', 3: 'three' });
    expect(codes(result)).toEqual(['NewIdTaken 1']);
  });

  it('makes nobody of a row whose old id is unknown and whose new id is somebody else', () => {
    const known = apply({
      persons: [{ ...person('3'), record: { externalId: '3', type: 'student', login: 'three' } }],
    }).snapshot;
    const wrong = {
      ...person('typo', undefined, { newId: '3' }),
      record: { externalId: 'typo', type: 'student', login: 'one' },
    } as const;
    const result = change(known, { persons: [wrong] });
    expect(Object.keys(result.people)).toEqual(['3']);
    expect(result.snapshot.records.person[0]?.login).toBe('three');
    expect(result.findings).toMatchObject([
      { code: 'NewIdTaken', severity: 'drops-record', subject: 'typo' },
    ]);
  });

  it('notes a deletion of somebody who is not there', () => {
    expect(codes(change(base, { persons: [person('8', 'x', { remove: true })] }))).toEqual([
      'DeleteUnknown 8',
    ]);
  });

  it('leaves a record as it was when its row is dropped', () => {
    const resolved = resolveOperations(
      { persons: [person('2', 'TWO', { groups: [] })], groups: [], groupTypes: [] },
      allSheets,
      'changes',
      base,
    );
    const at = resolved.rows.persons.findIndex((one) => one.record.externalId === '2');
    const snapshot = buildSnapshot(resolved.rows, resolved.frame, {
      ...nothingDropped,
      persons: new Set([at]),
    });
    expect(hashSnapshot(snapshot)).toBe(hashSnapshot(base));
  });

  it('without a snapshot to build on is not complete', () => {
    const result = apply({ persons: [person('1', 'one')] }, 'changes');
    expect(result.snapshot.complete).toBe(false);
    expect(result.people).toEqual({ 1: 'one' });
  });

  it('says about classes what either reading says', () => {
    const resolved = resolveOperations(
      { persons: [person('1', 'one', { groups: ['B'] })], groups: [], groupTypes: [] },
      { students: true, teachers: false, groups: false },
      'changes',
      base,
    );
    expect(resolved.frame.statements).toEqual(allSheets);
    const { records } = buildSnapshot(resolved.rows, resolved.frame, nothingDropped);
    expect(records.membership.map((one) => `${one.group}:${one.person}`)).toEqual(['A:2', 'B:1', 'B:2']);
  });
});
