/** External IDs that went from one person to another: no account gets another person's name. */
import { describe, expect, test } from 'vitest';
import type { PersonRecord } from '../../../data/model/snapshot.js';
import type { PlanInput } from '../../../data/rules/plan/plan-input.js';
import { applyPlan } from './apply-model.js';
import { planFor, proposed, reasons, steps } from './look.js';
import { accountOf, answers, input, managed, managedUser, moodle, snapshot, student } from './school.js';

const aroha = student('S1', { firstName: 'Aroha', surname: 'Ngata', nsn: '140000001' });
const hemi = student('S2', { firstName: 'Hemi', surname: 'Walker', nsn: '140000002' });
const [one, two] = [accountOf(5, aroha), accountOf(6, hemi)];
const as = (person: PersonRecord, externalId: string): PersonRecord => ({ ...person, externalId });

function school(persons: readonly PersonRecord[], more: Partial<PlanInput> = {}): Partial<PlanInput> {
  return {
    snapshot: snapshot(persons),
    previous: snapshot([aroha, hemi]),
    moodle: moodle({ users: [one, two] }),
    managed: managed([managedUser(one, aroha), managedUser(two, hemi)]),
    ...more,
  };
}

describe('two people who swapped their External IDs', () => {
  const swapped = [as(aroha, 'S2'), as(hemi, 'S1')];

  test('are held: neither account gets the name of the other', () => {
    const plan = planFor(school(swapped));
    expect(steps(plan)).toEqual([]);
    expect(proposed(plan)).toEqual([
      'user S1 6 id-change,nsn,similar-name',
      'user S2 5 id-change,nsn,similar-name',
    ]);
    expect(reasons(plan)).toEqual([
      'conflict user id-taken-over S1 5 6',
      'conflict user id-taken-over S2 5 6',
    ]);
  });

  test('are recognised without numbers too, and by numbers after a change of name', () => {
    const nameless = swapped.map((person) => {
      const without: PersonRecord = { ...person };
      delete (without as { nsn?: string }).nsn;
      return without;
    });
    expect(proposed(planFor(school(nameless)))).toHaveLength(2);
    const married = [{ ...as(aroha, 'S2'), surname: 'Smith' }, as(hemi, 'S1')];
    expect(proposed(planFor(school(married)))).toContain('user S2 5 id-change,nsn');
  });

  test('accepted, each account goes with its person, and nothing is left to do', () => {
    const accepted = answers({ 'user S1 6': 'accepted', 'user S2 5': 'accepted' });
    const given = input(school(swapped, { answers: accepted }));
    const plan = planFor(given);
    expect(steps(plan)).toEqual(['user.link S1', 'user.link S2']);
    const applied = applyPlan(plan, given);
    const ids = new Map(
      applied.moodle.users.map(({ id, idnumber, firstname }) => [id, `${idnumber} ${firstname}`]),
    );
    expect(ids).toEqual(
      new Map([
        [5, 'S2 Aroha'],
        [6, 'S1 Hemi'],
      ]),
    );
    const again = planFor({ ...given, ...applied });
    expect([again.changes, again.proposals]).toEqual([[], []]);
    expect(planFor({ ...given, ...applied, previous: given.snapshot }).changes).toEqual([]);
  });

  test('refused, KnowledgeNET had mixed up their records, and the values follow', () => {
    const refused = answers({ 'user S1 6': 'refused', 'user S2 5': 'refused' });
    const plan = planFor(school(swapped, { answers: refused }));
    expect(proposed(plan)).toEqual([]);
    expect(plan.counts['user.update']).toBeGreaterThan(0);
  });
});

describe('an External ID that somebody gave up', () => {
  test('does not lead its new holder into the account of the one before', () => {
    const persons = [as(aroha, 'S2'), as(hemi, 'S3')];
    const plan = planFor(school(persons));
    expect(steps(plan)).toEqual([]);
    expect(proposed(plan)).toEqual(['user S2 5 id-change,nsn,similar-name']);
  });
});

describe('an ordinary change', () => {
  test('of a name, also into one that somebody else has, is none', () => {
    const renamed = { ...aroha, firstName: 'Hemi', surname: 'Walker' };
    expect(proposed(planFor(school([renamed, hemi])))).toEqual([]);
    expect(proposed(planFor(school([{ ...aroha, surname: 'Smith' }, hemi])))).toEqual([]);
  });

  test('of a number that was mistyped is none', () => {
    expect(proposed(planFor(school([{ ...aroha, nsn: '149999999' }, hemi])))).toEqual([]);
  });
});
