import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hashSnapshot } from '../../data/knowledgenet/canonical.js';
import { apply, change, codes, group, person, type Options } from './apply-rows.js';

describe('for all rows', () => {
  const ids = fc.constantFrom('A', 'B', 'C', 'D', 'E', 'F');
  const options = fc.record(
    {
      newId: ids,
      remove: fc.constant(true as const),
      groups: fc.array(fc.constantFrom('X', 'Y', 'Z'), { maxLength: 2 }),
    },
    { requiredKeys: [] },
  );
  const values = fc.option(fc.constantFrom('a', 'b', 'c', 'd', ''), { nil: undefined });
  // Deletions are rare, changes of ids are not.
  const sparing = ({ remove, ...rest }: Options, keep: boolean): Options =>
    keep && remove ? { ...rest, remove } : rest;
  const persons = fc.array(
    fc
      .tuple(ids, values, options, fc.boolean())
      .map(([id, value, more, keep]) => person(id, value, sparing(more, keep))),
    { maxLength: 7 },
  );
  const classId = fc.constantFrom('X', 'Y', 'Z');
  const classes = fc.array(
    fc
      .tuple(classId, values, fc.option(classId, { nil: undefined }), fc.boolean())
      .map(([id, value, newId, remove]) =>
        group(id, value, {
          ...(newId === undefined ? {} : { newId }),
          ...(remove && value === 'd' ? { remove } : {}),
        }),
      ),
    { maxLength: 4 },
  );
  const stated = fc.record({ persons, groups: classes });
  const plainBase = fc
    .record({
      persons: fc.uniqueArray(fc.tuple(ids, values, fc.array(classId, { maxLength: 2 })), {
        selector: ([id]) => id,
      }),
      groups: fc.uniqueArray(fc.tuple(classId, values), { selector: ([id]) => id }),
    })
    .map(
      (school) =>
        apply({
          persons: school.persons.map(([id, value, groups]) => person(id, value, { groups })),
          groups: school.groups.map(([id, value]) => group(id, value)),
        }).snapshot,
    );
  const runs = { numRuns: 2_000 };

  it('the order of rows decides nothing', () => {
    fc.assert(
      fc.property(stated, plainBase, fc.infiniteStream(fc.nat()), (rows, base, random) => {
        const shuffled = {
          persons: shuffle(rows.persons, random),
          groups: shuffle(rows.groups, random),
        };
        for (const below of [undefined, base]) {
          const reading = below === undefined ? 'complete' : 'changes';
          const [one, other] = [apply(rows, reading, below), apply(shuffled, reading, below)];
          expect(hashSnapshot(other.snapshot)).toBe(hashSnapshot(one.snapshot));
          expect(codes(other).sort()).toEqual(codes(one).sort());
        }
      }),
      runs,
    );
  });

  it('readings with one hash become one snapshot, and a person each in any order have one hash', () => {
    const once = fc.uniqueArray(fc.tuple(ids, values, options), { selector: ([id]) => id });
    fc.assert(
      fc.property(
        once,
        classes,
        once,
        classes,
        fc.infiniteStream(fc.nat()),
        (these, here, those, there, random) => {
          const rows = { persons: these.map((one) => person(...one)), groups: here };
          const one = apply(rows);
          const turned = apply({
            persons: shuffle(rows.persons, random),
            groups: shuffle(rows.groups, random),
          });
          expect(turned.readingHash).toBe(one.readingHash);
          const other = apply({ persons: those.map((two) => person(...two)), groups: there });
          if (hashSnapshot(other.snapshot) !== hashSnapshot(one.snapshot))
            expect(other.readingHash).not.toBe(one.readingHash);
        },
      ),
      runs,
    );
  });

  it('applying twice is applying once', () => {
    fc.assert(
      fc.property(stated, plainBase, (rows, base) => {
        const once = change(base, rows);
        const twice = change(once.snapshot, rows);
        expect(twice.people).toEqual(once.people);
        expect(twice.classes).toEqual(once.classes);
        expect(twice.members).toEqual(once.members);
      }),
      runs,
    );
  });

  it('nobody appears whom neither the base nor a row names, and no id is given twice', () => {
    fc.assert(
      fc.property(stated, plainBase, (rows, base) => {
        const result = change(base, rows);
        const named = new Set([
          ...base.records.person.map((one) => one.externalId),
          ...rows.persons.flatMap((one) => [one.record.externalId, one.newId ?? one.record.externalId]),
        ]);
        for (const id of Object.keys(result.people)) expect(named).toContain(id);
        const given = Object.values(result.renamed);
        expect(new Set(given).size).toBe(given.length);
      }),
      runs,
    );
  });

  it('without operations and doubles, changes for everybody are the same as a complete reading', () => {
    const everybody = fc.uniqueArray(fc.tuple(ids, fc.string(), fc.array(classId, { maxLength: 2 })), {
      selector: ([id]) => id,
    });
    fc.assert(
      fc.property(everybody, (people) => {
        const groups = ['X', 'Y', 'Z'].map((id) => group(id, id));
        const before = apply({
          persons: people.map(([id]) => person(id, 'before', { groups: ['X'] })),
          groups,
        }).snapshot;
        const rows = {
          persons: people.map(([id, name, classesOf]) => person(id, name, { groups: classesOf })),
          groups,
        };
        expect(hashSnapshot(change(before, rows).snapshot)).toBe(hashSnapshot(apply(rows).snapshot));
      }),
    );
  });
});

function shuffle<T>(items: readonly T[], random: Iterator<number>): T[] {
  return items
    .map((item) => ({ item, order: random.next().value as number }))
    .sort((a, b) => a.order - b.order)
    .map(({ item }) => item);
}
