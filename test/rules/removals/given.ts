/** A school of ten pupils, two teachers and two classes, all of it ours in Moodle. */
import type { Plan } from '../../../data/model/plan.js';
import type { Withdrawal } from '../../../data/model/removal.js';
import type { Season } from '../../../data/model/guard.js';
import type { SchoolSettings } from '../../../data/model/settings.js';
import type { Snapshot } from '../../../data/model/snapshot.js';
import type { PlanInput } from '../../../data/rules/plan/plan-input.js';
import { makePlan } from '../../../data/rules/plan/make-plan.js';
import { makeRemovalPlan } from '../../../data/rules/removals/make-removal-plan.js';
import { applyPlan } from '../plan/apply-model.js';
import { group, input, memberships, settings, snapshot, student, teacher } from '../plan/school.js';

export const pupils = Array.from({ length: 10 }, (_, at) => student(`S${at}`));
export const head = teacher('T1');
export const other = teacher('T2');
export const groups = [group('9ENG'), group('9MAT')];
export const ids = pupils.map(({ externalId }) => externalId).join(' ');
export const whole = snapshot(
  [...pupils, head, other],
  groups,
  memberships(`9ENG: ${ids} T1`, `9MAT: ${ids} T2`),
);
export const everything: SchoolSettings['deletion'] = { users: true, enrolments: true, courses: 'hide' };
export const allowing = (deletion: SchoolSettings['deletion']): SchoolSettings => settings({ deletion });

export type State = Pick<PlanInput, 'moodle' | 'managed' | 'withdrawn'>;

/** A Moodle in which the whole school is ours. */
export function applied(of: Snapshot = whole): State {
  const given = input({ snapshot: of });
  return applyPlan(makePlan(given), given);
}

export interface Given extends Partial<PlanInput> {
  readonly season?: Season;
}

export function removals(now: Snapshot, { season = 'rollover', ...more }: Given = {}): Plan<Withdrawal> {
  const given = input({
    ...applied(),
    previous: whole,
    settings: allowing(everything),
    ...more,
    snapshot: now,
  });
  return makeRemovalPlan({ ...given, season });
}

/** Everybody but S0, who was in both classes. */
export const withoutS0 = snapshot(
  [...pupils.slice(1), head, other],
  groups,
  memberships(`9ENG: ${ids.replace('S0 ', '')} T1`, `9MAT: ${ids.replace('S0 ', '')} T2`),
);
