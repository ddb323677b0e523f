/** Is the source to be believed? */
import { describe, expect, test } from 'vitest';
import { judge, reading, usualRows, without } from './school.js';

const usual = usualRows();
const numberOf = (id: string): number => Number(id.split('-')[1] ?? 0);

describe('a source that shrank', () => {
  test('a fifth of valid accounts missing from one listing is held by the count against the last run [T03]', () => {
    const snapshot = reading(without(usual, ({ externalId }) => numberOf(externalId) % 5 === 4));
    const verdicts = judge({ snapshot });
    expect(verdicts).toContainEqual(
      expect.objectContaining({
        guard: 'source-shrank',
        of: 'student',
        count: 40,
        total: 200,
        cause: 'source-shrank',
      }),
    );
    expect(verdicts.find(({ yearLevel }) => yearLevel === undefined)?.examples).toHaveLength(20);
  });

  test('a listing that delivers 80 to 90 % of people and ends well is held, in term and in a rollover [T04]', () => {
    for (const share of [80, 85, 90]) {
      // it ends early: the last ones of the list are missing
      const last = (usual.persons.length * share) / 100;
      const rest = new Set(usual.persons.slice(last).map(({ externalId }) => externalId));
      const snapshot = reading(without(usual, ({ externalId }) => rest.has(externalId)));
      expect(judge({ snapshot }).length, `${share} %`).toBeGreaterThan(0);
      expect(judge({ snapshot, season: 'rollover' }).length, `${share} % in a rollover`).toBeGreaterThan(0);
    }
  });

  test('the leaving year level is expected to leave in a rollover, and only there', () => {
    const snapshot = reading(without(usual, ({ yearLevel }) => yearLevel === '13'));
    expect(judge({ snapshot, season: 'rollover' })).toEqual([]);
    expect(judge({ snapshot }).map(({ cause }) => cause)).toContain('year-level-missing');
  });

  test('a year level that is missing is named as the cause', () => {
    const snapshot = reading(without(usual, ({ yearLevel }) => yearLevel === '10'));
    for (const season of ['term', 'rollover'] as const)
      expect(judge({ snapshot, season })).toContainEqual(
        expect.objectContaining({ yearLevel: '10', count: 40, cause: 'year-level-missing' }),
      );
  });

  test('fewer than five leavers are never held', () => {
    const snapshot = reading(without(usual, ({ externalId }) => /^s9-[0-3]$/.test(externalId)));
    expect(judge({ snapshot })).toEqual([]);
  });

  test('records that a finding holds back are not lost', () => {
    const gone = usual.persons.filter(({ yearLevel }) => yearLevel === '10').map((one) => one.externalId);
    const snapshot = reading(
      without(usual, ({ yearLevel }) => yearLevel === '10'),
      { withheld: { persons: new Set(gone), groups: new Set() } },
    );
    expect(judge({ snapshot })).toEqual([]);
  });

  test('classes that are gone, and classes that were emptied', () => {
    const kept = Object.entries(usual.classes);
    const fewer = reading({ ...usual, classes: Object.fromEntries(kept.slice(0, 30)) });
    expect(judge({ snapshot: fewer })).toContainEqual(
      expect.objectContaining({ guard: 'source-shrank', of: 'group', count: 15, total: 45 }),
    );
    const emptied = reading({ ...usual, classes: Object.fromEntries(kept.map(([name]) => [name, []])) });
    expect(judge({ snapshot: emptied })).toContainEqual(
      expect.objectContaining({ guard: 'source-shrank', of: 'membership', count: 240 }),
    );
  });

  test('people who change classes shrink nothing', () => {
    const names = Object.keys(usual.classes);
    const turned = Object.fromEntries(
      names.map((name, at) => [name, usual.classes[names[(at + 1) % names.length] ?? ''] ?? []]),
    );
    expect(judge({ snapshot: reading({ ...usual, classes: turned }) })).toEqual([]);
  });
});

describe('a source without rows', () => {
  test('no valid row of students is always held [T05]', () => {
    const snapshot = reading(without(usual, ({ type }) => type === 'student'));
    for (const season of ['term', 'rollover'] as const)
      expect(judge({ snapshot, season })).toContainEqual(
        expect.objectContaining({ guard: 'no-rows', of: 'student', count: 200, cause: 'sheet-empty' }),
      );
  });

  test('neither of teachers nor of classes', () => {
    const teachers = reading(without(usual, ({ type }) => type === 'teacher'));
    expect(judge({ snapshot: teachers, season: 'rollover' })).toMatchObject([
      { guard: 'no-rows', of: 'teacher' },
    ]);
    const classes = reading({ ...usual, classes: {} });
    expect(judge({ snapshot: classes, season: 'rollover' })).toMatchObject([
      { guard: 'no-rows', of: 'group' },
    ]);
  });

  test('a sheet that is missing from a complete reading is held, and nobody is counted as gone', () => {
    const rows = without(usual, ({ type }) => type === 'teacher');
    const statements = { students: true, teachers: false, groups: true };
    expect(judge({ snapshot: reading(rows, { statements }) })).toMatchObject([
      { guard: 'sheet-missing', of: 'teacher', count: 40, cause: 'sheet-missing' },
    ]);
  });

  test('an upload of changes says nothing about the sheets that it leaves out', () => {
    const statements = { students: true, teachers: true, groups: false };
    const snapshot = reading({ ...usual, classes: {} }, { statements, reading: 'changes' });
    expect(judge({ snapshot })).toEqual([]);
  });
});

describe('External IDs changed wholesale', () => {
  const change = (text: string): typeof usual => ({
    ...usual,
    persons: usual.persons.map((person) => ({ ...person, externalId: `new-${person.externalId}` })),
    classes: Object.fromEntries(
      Object.entries(usual.classes).map(([name, members]) => [name, members.map((id) => `${text}${id}`)]),
    ),
  });

  test('are held and named, with what each was before', () => {
    for (const season of ['term', 'rollover'] as const) {
      const verdicts = judge({ snapshot: reading(change('new-')), season });
      expect(verdicts[0]).toMatchObject({ guard: 'ids-changed', of: 'user', count: 240, total: 240 });
      expect(verdicts[0]?.examples[0]).toEqual({ subject: 'new-s9-0', before: 's9-0' });
      expect(verdicts.every(({ cause }) => cause === 'ids-changed')).toBe(true);
    }
  });

  test('are told from people who leave and others who come', () => {
    const rows = without(usual, ({ yearLevel }) => yearLevel === '13');
    const newcomers = Array.from({ length: 40 }, (_, at) => ({
      externalId: `n${at}`,
      type: 'student' as const,
      yearLevel: '9',
      login: `new-${at}`,
      firstName: `New ${at}`,
      surname: 'Comer',
    }));
    const snapshot = reading({ ...rows, persons: [...rows.persons, ...newcomers] });
    expect(judge({ snapshot, season: 'rollover' })).toEqual([]);
  });

  test('two people of one name are nobody', () => {
    const twins = usual.persons.map((person) => ({
      externalId: person.externalId,
      type: person.type,
      firstName: 'Sam',
      surname: 'Smith',
    }));
    const renumbered = twins.map((person) => ({ ...person, externalId: `x${person.externalId}` }));
    const verdicts = judge({
      snapshot: reading({ persons: renumbered, classes: {} }),
      base: reading({ persons: twins, classes: {} }),
    });
    expect(verdicts.map(({ guard }) => guard)).not.toContain('ids-changed');
  });
});
