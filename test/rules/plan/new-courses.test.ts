import { describe, expect, test } from 'vitest';
import type { CourseCreate } from '../../../data/model/plan.js';
import type { GroupTypeSettings } from '../../../data/model/settings.js';
import { KEY_SEPARATOR } from '../../../data/model/snapshot.js';
import type { PlanInput } from '../../../data/rules/plan/plan-input.js';
import { defaultGroupType } from '../../../data/settings/defaults.js';
import { planFor, reasons, steps } from './look.js';
import { category, course, group, midnight, moodle, settings, site, snapshot } from './school.js';

function creations(parts: Partial<PlanInput>): CourseCreate[] {
  return planFor(parts).changes.filter(
    (change): change is CourseCreate => change.kind === 'course' && change.operation === 'create',
  );
}

const one = { snapshot: snapshot([], [group('9MAT')]) };

describe('a new course', () => {
  test('is what the settings of its group type say, dated at local midnight', () => {
    const type = {
      fullname: '{name} ({year})',
      shortname: '{code}/{year}',
      format: 'weeks',
      numsections: 10,
      visible: false,
      startDate: '2027-02-03',
      endDate: '2027-12-15',
    };
    expect(creations({ ...one, settings: settings({}, type) })).toEqual([
      {
        seq: 3,
        kind: 'course',
        operation: 'create',
        externalId: '9MAT',
        groupType: 'Class',
        className: 'Class 9MAT',
        year: 2027,
        categoryPath: `2027${KEY_SEPARATOR}Class`,
        values: {
          fullname: 'Class 9MAT (2027)',
          shortname: '9MAT/2027',
          idnumber: '9MAT',
          format: 'weeks',
          numsections: 10,
          visible: false,
          startdate: midnight('2027-02-03'),
          enddate: midnight('2027-12-15'),
        },
      },
    ]);
  });

  test('without an end date has none', () => {
    const named: Record<string, GroupTypeSettings> = {
      Class: { ...defaultGroupType(2027), provisioning: 'enabled' },
    };
    delete (named['Class'] as { endDate?: string }).endDate;
    const given = settings({ groupTypes: { default: defaultGroupType(2027), named } });
    expect(creations({ ...one, settings: given })[0]?.values.enddate).toBe(0);
  });

  test('of a class without a name goes by its code', () => {
    const [made] = creations({ snapshot: snapshot([], [group('9MAT', { name: '' })]) });
    expect(made).toMatchObject({ className: '9MAT', values: { fullname: '9MAT 2027' } });
  });

  test('is made for provisioned classes only, by the settings of their own type', () => {
    const base = defaultGroupType(2027);
    const named = {
      House: { ...base, provisioning: 'enabled' as const, format: 'social', category: 'Houses' },
    };
    const plan = planFor({
      snapshot: snapshot([], [group('9MAT'), group('RED', { groupType: 'House' })]),
      settings: settings({ groupTypes: { default: base, named } }),
    });
    expect(steps(plan)).toEqual(['category.create Houses', 'course.create RED']);
  });

  test('of one activity has a forum unless the settings say what', () => {
    const activity = (activitytype?: string): unknown =>
      creations({
        ...one,
        settings: settings(
          {},
          { format: 'singleactivity', ...(activitytype === undefined ? {} : { activitytype }) },
        ),
      })[0]?.values.activitytype;
    expect(activity()).toBe('forum');
    expect(activity('quiz')).toBe('quiz');
  });

  test('of another format takes its options from the named course of that format', () => {
    const formats = new Set(['topics', 'grid']);
    const sample = course(20, 'SAMPLE', { format: 'grid' });
    const given = { ...one, settings: settings({}, { format: 'grid', optionsFrom: 'SAMPLE' }) };
    expect(creations({ ...given, moodle: moodle({ courses: [sample], formats }) })[0]?.values).toMatchObject({
      format: 'grid',
      optionsFrom: 20,
    });
    const refused = [
      moodle({ courses: [sample] }),
      moodle({ courses: [{ ...sample, format: 'topics' }], formats }),
      moodle({ courses: [], formats }),
      moodle({ courses: [sample, { ...sample, id: 21, shortname: 'x' }], formats }),
    ];
    for (const state of refused) {
      const plan = planFor({ ...given, moodle: state });
      expect(steps(plan)).toEqual([]);
      expect(reasons(plan)).toEqual(['conflict course format-refused 9MAT']);
    }
  });

  test('of a known format that this Moodle does not have is refused', () => {
    const state = moodle({ formats: new Set(['weeks']) });
    expect(reasons(planFor({ ...one, moodle: state }))).toEqual(['conflict course format-refused 9MAT']);
  });
});

describe('names that do not fit', () => {
  test.each([
    ['a full name longer than this Moodle has room for', group('9MAT', { name: 'x'.repeat(250) }), {}],
    [
      'a short name longer than the column',
      group('9MAT', { name: 'x'.repeat(249) }),
      { shortname: '{code}{name}{year}' },
    ],
    ['a code longer than the column', group('9'.repeat(101)), {}],
    ['a category longer than the column', group('9MAT', { groupType: 'x'.repeat(256) }), {}],
    ['no category at all', group('9MAT', { groupType: '' }), { category: '{type}' }],
  ])('%s is never cut', (_, wrong, type) => {
    const plan = planFor({ snapshot: snapshot([], [wrong, group('9ENG')]), settings: settings({}, type) });
    expect(reasons(plan)).toContain(`conflict course name-unusable ${wrong.externalId}`);
    expect(steps(plan)).toContain('course.create 9ENG');
    expect(steps(plan)).not.toContain(`course.create ${wrong.externalId}`);
  });

  test('Moodle 5.0 has room for more', () => {
    const long = snapshot([], [group('9MAT', { name: 'x'.repeat(250) })]);
    expect(creations({ snapshot: long, site: { ...site, fullnameMax: 1333 } })).toHaveLength(1);
  });
});

describe('categories', () => {
  test('are found by name under their parent, as Moodle compares, and only missing levels are made', () => {
    const state = moodle({ categories: [category(3, '2027'), category(4, 'Class', 1), category(1, 'Old')] });
    const plan = planFor({ ...one, moodle: state });
    expect(plan.changes[0]).toMatchObject({
      kind: 'category',
      path: `2027${KEY_SEPARATOR}Class`,
      parentId: 3,
    });
    const found = moodle({ categories: [category(3, '2027'), category(4, 'CLASS', 3)] });
    const [made] = creations({ ...one, moodle: found });
    expect(made).toMatchObject({ categoryId: 4, categoryPath: `2027${KEY_SEPARATOR}CLASS` });
    expect(steps(planFor({ ...one, moodle: found }))).toEqual(['course.create 9MAT']);
  });

  test('parents come first; the top has the parent 0', () => {
    const plan = planFor({ ...one, settings: settings({}, { category: 'A/B/C' }) });
    expect(plan.changes.slice(0, 3)).toEqual([
      { seq: 1, kind: 'category', operation: 'create', path: 'A', parentId: 0 },
      { seq: 2, kind: 'category', operation: 'create', path: ['A', 'B'].join(KEY_SEPARATOR) },
      { seq: 3, kind: 'category', operation: 'create', path: ['A', 'B', 'C'].join(KEY_SEPARATOR) },
    ]);
  });

  test('that differ in a way Moodle does not see are one', () => {
    const plan = planFor({
      snapshot: snapshot([], [group('A', { groupType: 'Māori' }), group('B', { groupType: 'MAORI' })]),
      settings: settings({}, { category: '{type}' }),
    });
    expect(steps(plan).filter((step) => step.startsWith('category'))).toEqual(['category.create MAORI']);
    expect(plan.changes.flatMap((change) => ('categoryPath' in change ? change.categoryPath : []))).toEqual([
      'MAORI',
      'MAORI',
    ]);
  });

  test('of one name under one parent are not told apart by us', () => {
    const state = moodle({ categories: [category(3, '2027'), category(4, '2027')] });
    const plan = planFor({ snapshot: snapshot([], [group('9MAT'), group('9ENG')]), moodle: state });
    expect(steps(plan)).toEqual([]);
    expect(reasons(plan)).toEqual(['conflict category category-ambiguous 2027 3 4']);
    const exact = moodle({
      categories: [category(3, 'class', 5), category(4, 'Class', 5), category(5, '2027')],
    });
    expect(creations({ ...one, moodle: exact })[0]?.categoryId).toBe(4);
  });

  test('that would get more courses than Moodle can order get none of them', () => {
    const state = moodle({ categories: [category(1, 'Here')], courses: [course(20, 'X', { category: 1 })] });
    const groups = snapshot([], [group('9MAT'), group('9ENG')]);
    const given = { snapshot: groups, moodle: state, settings: settings({}, { category: 'Here' }) };
    const plan = planFor({ ...given, site: { ...site, categoryStep: 3 } });
    expect(steps(plan)).toEqual([]);
    expect(reasons(plan)).toEqual(['conflict category category-full Here 1']);
    expect(creations({ ...given, site: { ...site, categoryStep: 4 } })).toHaveLength(2);
  });
});

test('Moodle, which puts the newest first, ends up listing new classes by name', () => {
  const names = ['Art', 'Zoology', 'Māori', 'Biology', 'art'];
  const groups = names.map((name, at) => group(`C${at}`, { name, groupType: at === 3 ? 'Other' : 'Class' }));
  const listed = new Map<string, string[]>();
  for (const { categoryPath, values } of creations({ snapshot: snapshot([], groups) }))
    listed.set(categoryPath, [values.fullname, ...(listed.get(categoryPath) ?? [])]);
  expect([...listed.values()]).toEqual([
    ['Art 2027', 'Māori 2027', 'Zoology 2027', 'art 2027'],
    ['Biology 2027'],
  ]);
});
