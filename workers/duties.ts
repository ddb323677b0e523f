/**
 * What a worker does once Temporal is there: its activities, and what it looks after by itself. Loaded by `worker.ts`
 * while the workflow thread starts on another core, for loading this is a third of a worker's start.
 */
import { Runtime } from '@temporalio/worker';
import type { ActivityContext, Schedules } from '../activities/context.js';
import { createActivities, type Activities } from '../activities/index.js';
import type { Configuration } from '../data/configuration.js';
import { openSchools, type Schools } from '../data/schools.js';
import { expirePasswords } from './expire-passwords.js';
import { followSchedules } from './follow-schedules.js';
import type { Check } from './health.js';
import { keepRetention } from './retention.js';

export interface Duties {
  readonly schools: Schools;
  readonly activities: Activities;
  /** `/readyz`: whether every school's journal answers. */
  readonly journals: Readonly<Record<string, Check>>;
  /** Begins what is looked after by itself; the returned function ends it. */
  begin(): () => void;
}

/** Points of a run that a worker may be told of. */
export type Points = Pick<ActivityContext, 'onApplyPoint' | 'onDeletionPoint'>;

/** Schools are opened when first needed. */
export function openDuties(configuration: Configuration, schedule: Schedules, points: Points): Duties {
  const schools = openSchools(configuration);
  return {
    schools,
    activities: createActivities({
      open: (school) => schools.open(school),
      passwordKey: configuration.passwordKey ?? null,
      limits: configuration.limits,
      ...(configuration.mail === undefined ? {} : { mail: configuration.mail }),
      ...(configuration.backups === undefined ? {} : { backups: configuration.backups }),
      schedule,
      ...points,
    }),
    journals: journalChecks(configuration, schools),
    begin: () => beginByItself(configuration, schools, schedule),
  };
}

/** A school's journal that is away makes a worker unready, though it still works for the others. */
function journalChecks(configuration: Configuration, schools: Schools): Record<string, Check> {
  const checks = [...configuration.schools.keys()].map((code): [string, Check] => [
    `journal ${code}`,
    async () => {
      await (await schools.open(code)).db.raw('SELECT 1');
    },
  ]);
  return Object.fromEntries(checks);
}

function beginByItself(configuration: Configuration, schools: Schools, schedule: Schedules): () => void {
  const { logger } = Runtime.instance();
  const stopExpiring = expirePasswords(configuration, schools, (code) => {
    logger.warn('Expired passwords could not be deleted', { code });
  });
  void followSchedules(configuration, schools, schedule, (code) => {
    logger.warn('A schedule could not be made', { code });
  });
  const stopRetention = keepRetention(configuration, schools, (school, outcome) => {
    if ('code' in outcome) logger.warn('Retention could not delete', { school, ...outcome });
    else if (outcome.rows > 0) logger.info('Retention deleted', { school, ...outcome });
  });
  return () => {
    stopExpiring();
    stopRetention();
  };
}
