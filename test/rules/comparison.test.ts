import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type {
  GroupRecord,
  MembershipRecord,
  PersonRecord,
  Snapshot,
  Statements,
} from '../../data/model/snapshot.js';
import { compareSnapshots, remarkableLosses } from '../../data/rules/comparison.js';

function snapshot(
  person: readonly PersonRecord[],
  group: readonly GroupRecord[] = [],
  membership: readonly MembershipRecord[] = [],
  statements: Statements = { students: true, teachers: true, groups: true },
): Snapshot {
  return {
    reading: 'complete',
    complete: true,
    statements,
    records: { person, group, membership, groupType: [] },
  };
}

function student(externalId: string, yearLevel?: string): PersonRecord {
  return { externalId, type: 'student', ...(yearLevel === undefined ? {} : { yearLevel }) };
}

function teacher(externalId: string): PersonRecord {
  return { externalId, type: 'teacher' };
}

function group(externalId: string, groupType?: string): GroupRecord {
  return { externalId, ...(groupType === undefined ? {} : { groupType }) };
}

function members(group: string, ...persons: readonly string[]): MembershipRecord[] {
  return persons.map((person) => ({ group, person }));
}

const people = (count: number, level: string): PersonRecord[] =>
  Array.from({ length: count }, (_, i) => student(`L${level}-${i}`, level));

const lastYear = snapshot(
  [
    student('A', '9'),
    student('B', '9'),
    student('C', '10'),
    student('D', '13'),
    student('E'),
    teacher('T'),
    teacher('U'),
  ],
  [group('9ENG', 'Class'), group('9MAT', 'Class'), group('KEA', 'House'), group('CHOIR')],
  [
    ...members('9ENG', 'A', 'B', 'T'),
    ...members('9MAT', 'A', 'U'),
    ...members('KEA', 'A', 'B', 'C', 'D'),
    ...members('CHOIR', 'C'),
  ],
);
const thisYear = snapshot(
  [
    student('A', '10'),
    student('B', '10'),
    student('C', '11'),
    student('E', '9'),
    student('N', '9'),
    teacher('T'),
    teacher('V'),
  ],
  [group('10ENG', 'Class'), group('9ENG', 'Class'), group('KEA', 'House'), group('CHOIR', 'House')],
  [
    ...members('10ENG', 'A', 'B', 'T'),
    ...members('9ENG', 'N', 'E', 'T'),
    ...members('KEA', 'A', 'B', 'C', 'N'),
    ...members('CHOIR', 'C'),
  ],
);

describe('the comparison with the last applied snapshot', () => {
  const comparison = compareSnapshots(thisYear, { id: 7, snapshot: lastYear });

  it('counts people who came and left', () => {
    expect(comparison.baseSnapshotId).toBe(7);
    expect(comparison.people).toEqual({ before: 7, now: 7, joiners: 2, leavers: 2 });
    expect(comparison.teachers).toEqual({ before: 2, now: 2, joiners: 1, leavers: 1 });
  });

  it('counts year levels in their order, those without one last', () => {
    expect(comparison.yearLevels).toEqual([
      { yearLevel: '9', before: 2, now: 2, joiners: 1, leavers: 0, movedIn: 1 },
      { yearLevel: '10', before: 1, now: 2, joiners: 0, leavers: 0, movedIn: 2 },
      { yearLevel: '11', before: 0, now: 1, joiners: 0, leavers: 0, movedIn: 1 },
      { yearLevel: '13', before: 1, now: 0, joiners: 0, leavers: 1, movedIn: 0 },
      { yearLevel: '', before: 1, now: 0, joiners: 0, leavers: 0, movedIn: 0 },
    ]);
  });

  it('counts classes and memberships per group type', () => {
    expect(comparison.groupTypes).toEqual([
      {
        groupType: 'Class',
        before: 2,
        now: 2,
        newClasses: 1,
        goneClasses: 1,
        membershipsBefore: 5,
        membershipsNow: 6,
        membershipsJoined: 2,
        membershipsLeft: 2,
      },
      {
        groupType: 'House',
        before: 1,
        now: 2,
        newClasses: 0,
        goneClasses: 0,
        membershipsBefore: 4,
        membershipsNow: 5,
        membershipsJoined: 1,
        membershipsLeft: 1,
      },
      {
        groupType: '',
        before: 1,
        now: 0,
        newClasses: 0,
        goneClasses: 0,
        membershipsBefore: 1,
        membershipsNow: 0,
        membershipsJoined: 0,
        membershipsLeft: 0,
      },
    ]);
  });

  it('counts students who moved between classes, not those who kept all or none', () => {
    // A and B changed English and kept their house; C kept both; D left; E and N had none before.
    expect(comparison.movedBetweenClasses).toBe(2);
    const noneKept = snapshot(thisYear.records.person, [group('X')], members('X', 'A'));
    expect(compareSnapshots(noneKept, { id: 7, snapshot: lastYear }).movedBetweenClasses).toBe(0);
  });

  it('with nothing applied yet counts everybody as new', () => {
    const first = compareSnapshots(thisYear, null);
    expect(first.baseSnapshotId).toBeNull();
    expect(first.people).toEqual({ before: 0, now: 7, joiners: 7, leavers: 0 });
    expect(first.yearLevels.every((level) => level.before === 0 && level.joiners === level.now)).toBe(true);
    expect(first.groupTypes.every((type) => type.newClasses === type.now)).toBe(true);
    expect(remarkableLosses(first)).toEqual([]);
  });

  it('sees somebody who became a teacher as one person', () => {
    const after = snapshot([teacher('A')]);
    const promoted = compareSnapshots(after, { id: 1, snapshot: snapshot([student('A', '13')]) });
    expect(promoted.people).toEqual({ before: 1, now: 1, joiners: 0, leavers: 0 });
    expect(promoted.teachers).toMatchObject({ joiners: 1, leavers: 0 });
    expect(promoted.yearLevels).toEqual([
      { yearLevel: '13', before: 1, now: 0, joiners: 0, leavers: 1, movedIn: 0 },
    ]);
  });
});

describe('a reading that makes no statement', () => {
  const base = { id: 7, snapshot: lastYear };

  it('about classes lets nobody leave them (T08)', () => {
    const silent = snapshot(lastYear.records.person, [], [], {
      students: true,
      teachers: true,
      groups: false,
    });
    const comparison = compareSnapshots(silent, base);
    expect(comparison.movedBetweenClasses).toBe(0);
    for (const type of comparison.groupTypes)
      expect(type).toMatchObject({
        goneClasses: 0,
        now: type.before,
        membershipsNow: type.membershipsBefore,
      });
  });

  it('about teachers lets them stay where they were', () => {
    const students = lastYear.records.person.filter((one) => one.type === 'student');
    const kept = lastYear.records.membership.filter((one) => !['T', 'U'].includes(one.person));
    const silent = snapshot(students, lastYear.records.group, kept, {
      students: true,
      teachers: false,
      groups: true,
    });
    const comparison = compareSnapshots(silent, base);
    expect(comparison.teachers).toEqual({ before: 2, now: 2, joiners: 0, leavers: 0 });
    expect(comparison.groupTypes.map((type) => type.membershipsLeft)).toEqual([0, 0, 0]);
  });
});

describe('records that a finding holds back', () => {
  it('have not left, and neither have their memberships', () => {
    const withheld = { persons: new Set(['A', 'T']), groups: new Set(['KEA']) };
    const persons = lastYear.records.person.filter((one) => !withheld.persons.has(one.externalId));
    const groups = lastYear.records.group.filter((one) => !withheld.groups.has(one.externalId));
    const memberships = lastYear.records.membership.filter(
      (one) => !withheld.persons.has(one.person) && !withheld.groups.has(one.group),
    );
    const comparison = compareSnapshots(
      { ...snapshot(persons, groups, memberships), withheld },
      {
        id: 7,
        snapshot: lastYear,
      },
    );
    expect(comparison).toEqual(compareSnapshots(lastYear, { id: 7, snapshot: lastYear }));
  });

  it('that are there under the same id count once', () => {
    const withheld = { persons: new Set(['A']), groups: new Set(['KEA']) };
    const comparison = compareSnapshots({ ...thisYear, withheld }, { id: 7, snapshot: lastYear });
    expect(comparison).toEqual(compareSnapshots(thisYear, { id: 7, snapshot: lastYear }));
  });
});

describe('a listing that ended early but successfully (T04)', () => {
  const full = snapshot([
    ...people(100, '9'),
    ...people(100, '10'),
    ...people(100, '13'),
    ...Array.from({ length: 20 }, (_, i) => teacher(`T${i}`)),
  ]);

  it('shows as losses that a year change does not explain', () => {
    const cut = snapshot(full.records.person.filter((_, i) => i % 5 !== 0));
    const comparison = compareSnapshots(cut, { id: 1, snapshot: full });
    expect(comparison.people).toMatchObject({ before: 320, now: 256, leavers: 64 });
    expect(remarkableLosses(comparison)).toEqual([
      { of: 'yearLevel', yearLevel: '9', before: 100, leavers: 20 },
      { of: 'yearLevel', yearLevel: '10', before: 100, leavers: 20 },
    ]);
    const noTeachers = compareSnapshots(snapshot(full.records.person.slice(0, 301)), {
      id: 1,
      snapshot: full,
    });
    expect(remarkableLosses(noTeachers)).toEqual([
      { of: 'teachers', yearLevel: '', before: 20, leavers: 19 },
    ]);
  });

  it('is not what a year change looks like: the highest level leaves whole, others lose a few', () => {
    const next = full.records.person
      .filter((one) => one.yearLevel !== '13')
      .filter((_, i) => i % 100 >= 15 || i >= 200)
      .map((one) => ({
        ...one,
        ...(one.yearLevel === undefined ? {} : { yearLevel: String(Number(one.yearLevel) + 1) }),
      }));
    const comparison = compareSnapshots(snapshot(next), { id: 1, snapshot: full });
    expect(comparison.yearLevels.find((level) => level.yearLevel === '9')).toMatchObject({ leavers: 15 });
    expect(remarkableLosses(comparison)).toEqual([]);
  });

  it('never concerns fewer than five', () => {
    const small = snapshot([student('A', '1'), student('B', '1'), student('C', '2')]);
    expect(
      remarkableLosses(compareSnapshots(snapshot([student('C', '3')]), { id: 1, snapshot: small })),
    ).toEqual([]);
  });
});

describe('any two readings', () => {
  const any = fc
    .record({
      persons: fc.uniqueArray(
        fc.record({
          externalId: fc.constantFrom(...'ABCDEFGH'),
          level: fc.constantFrom(undefined, '9', '10'),
          teaches: fc.boolean(),
        }),
        { selector: (one) => one.externalId },
      ),
      groups: fc.uniqueArray(
        fc.record({
          externalId: fc.constantFrom('W', 'X', 'Y', 'Z'),
          groupType: fc.constantFrom(undefined, 'Class', 'House'),
        }),
        { selector: (one) => one.externalId },
      ),
      pairs: fc.uniqueArray(fc.tuple(fc.nat(7), fc.nat(3)), { selector: String }),
    })
    .map(({ persons, groups, pairs }) => {
      const memberships = pairs.flatMap(([p, g]) => {
        const [person, into] = [persons[p], groups[g]];
        return person === undefined || into === undefined
          ? []
          : [{ person: person.externalId, group: into.externalId }];
      });
      const records = persons.map((one) =>
        one.teaches ? teacher(one.externalId) : student(one.externalId, one.level),
      );
      return snapshot(
        records,
        groups.map((one) => group(one.externalId, one.groupType)),
        memberships,
      );
    });

  it('balance: who was there, came and left is who is there', () => {
    fc.assert(
      fc.property(any, any, (now, before) => {
        const comparison = compareSnapshots(now, { id: 1, snapshot: before });
        for (const row of [comparison.people, comparison.teachers])
          expect(row.before + row.joiners - row.leavers).toBe(row.now);
        const sum = (pick: (level: (typeof comparison.yearLevels)[number]) => number): number =>
          comparison.yearLevels.reduce((total, level) => total + pick(level), 0);
        expect(sum((l) => l.before + l.joiners - l.leavers)).toBe(sum((l) => l.now));
        const types = comparison.groupTypes;
        const total = (key: 'before' | 'now' | 'newClasses' | 'goneClasses'): number =>
          types.reduce((all, type) => all + type[key], 0);
        expect(total('before') + total('newClasses') - total('goneClasses')).toBe(total('now'));
      }),
    );
  });

  it('are equal to themselves', () => {
    fc.assert(
      fc.property(any, (one) => {
        const same = compareSnapshots(one, { id: 1, snapshot: one });
        expect(same.people).toMatchObject({ joiners: 0, leavers: 0 });
        expect(same.movedBetweenClasses).toBe(0);
        expect(same.yearLevels.every((level) => level.movedIn === 0)).toBe(true);
        expect(same.groupTypes.every((type) => type.membershipsJoined + type.membershipsLeft === 0)).toBe(
          true,
        );
      }),
    );
  });
});

describe('the comparison of a large school', () => {
  it('of 50,000 persons and 500,000 memberships takes less than 3 s', () => {
    const persons = people(50_000, '9');
    const groups = Array.from({ length: 5000 }, (_, i) => group(`G${i}`, 'Class'));
    const memberships = Array.from({ length: 500_000 }, (_, i) => ({
      group: `G${(i * 7 + Math.floor(i / 50_000)) % 5000}`,
      person: `L9-${i % 50_000}`,
    }));
    const before = snapshot(persons, groups, memberships);
    const after = snapshot(persons, groups, memberships.slice(1000));
    const start = process.cpuUsage();
    const comparison = compareSnapshots(after, { id: 1, snapshot: before });
    // Processor time: a busy machine does not make the rules slower.
    expect(process.cpuUsage(start).user / 1000).toBeLessThan(3000);
    expect(comparison.movedBetweenClasses).toBeGreaterThan(0);
  });
});
