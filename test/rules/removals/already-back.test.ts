import { expect, test } from 'vitest';
import { alreadyBack } from '../../../data/rules/plan/already-back.js';
import { makePlan } from '../../../data/rules/plan/make-plan.js';
import { steps } from '../plan/look.js';
import { input, snapshot } from '../plan/school.js';
import { allowing, applied, everything, removals, whole, withoutS0, type State } from './given.js';
import { withdraw } from './withdraw.js';

/** S0 left, and so did both classes; all of it is suspended or hidden. */
function left(): State {
  const state = applied();
  const people = withdraw(removals(withoutS0, state), state);
  return withdraw(removals(snapshot([...whole.records.person]), people), people);
}

/** Somebody activates and shows everything by hand. */
function activated(state: State): State {
  const { moodle } = state;
  return {
    ...state,
    moodle: {
      ...moodle,
      users: moodle.users.map((row) => ({ ...row, suspended: false })),
      courses: moodle.courses.map((row) => ({ ...row, visible: true })),
      enrolments: moodle.enrolments.map((row) => ({ ...row, status: 0 })),
    },
  };
}

const given = (state: State, now = whole) =>
  input({ ...state, previous: withoutS0, settings: allowing(everything), snapshot: now });
const names = (state: State, now = whole): string[] =>
  alreadyBack(given(state, now))
    .map(({ kind, externalId, secondId }) => `${kind} ${externalId} ${secondId}`.trim())
    .sort();

test('what is back in KN and activated by hand is withdrawn no more, and the plan has nothing to do', () => {
  const state = activated(left());
  expect(names(state)).toEqual([
    'course 9ENG',
    'course 9MAT',
    'enrolment 9ENG S0',
    'enrolment 9MAT S0',
    'user S0',
  ]);
  expect(steps(makePlan(given(state)))).toEqual([]);
});

test('what nobody has activated, or KN does not have, is still withdrawn', () => {
  expect(names(left())).toEqual([]);
  expect(names(activated(left()), withoutS0)).toEqual(['course 9ENG', 'course 9MAT']);
  const disabled = whole.records.person.map((one) =>
    one.externalId === 'S0' ? { ...one, disabled: true } : one,
  );
  const now = snapshot(disabled, whole.records.group, whole.records.membership);
  expect(names(activated(left()), now)).not.toContain('user S0');
});

test('who leaves again afterwards is suspended like anybody else', () => {
  const state = activated(left());
  const back = new Set(alreadyBack(given(state)));
  const withdrawn = (state.withdrawn ?? []).filter((one) => !back.has(one));
  expect(steps(removals(withoutS0, { ...state, withdrawn }))).toEqual([
    'user.suspend S0',
    'enrolment.suspend 9ENG S0',
    'enrolment.suspend 9MAT S0',
  ]);
});
