/** Reads what tells whether somebody else writes people and enrolments into this Moodle [T44]. */
import type { Knex } from 'knex';
import { judgeSecondWriters, type ScheduledTask, type SecondWriter } from '../rules/second-writers.js';
import type { MoodleSite } from './site.js';
import { countActiveInstances } from './sql/enrol.js';
import { selectScheduledTasks } from './sql/task.js';

const notForUs = new Set(['ER_TABLEACCESS_DENIED_ERROR', 'ER_COLUMNACCESS_DENIED_ERROR', 'ER_NO_SUCH_TABLE']);

/** Null: the account may not read the tasks, or this Moodle keeps none; then their state is not known. */
async function readTasks(db: Knex, site: MoodleSite): Promise<ScheduledTask[] | null> {
  try {
    const rows = await selectScheduledTasks(db, site);
    return rows.map(({ component, classname, disabled }) => ({
      component,
      classname,
      enabled: disabled === 0,
    }));
  } catch (error) {
    const { code } = error as { readonly code?: string };
    if (code !== undefined && notForUs.has(code)) return null;
    throw error;
  }
}

function listed(text: string | undefined): string[] {
  return (text ?? '').split(',').flatMap((name) => (name.trim() === '' ? [] : [name.trim()]));
}

/** Enabled plugins and scheduled tasks that would change what we write. A refused site tells nothing. */
export async function findSecondWriters(db: Knex, site: MoodleSite): Promise<SecondWriter[]> {
  if (site.support === 'refused') return [];
  const instances = await countActiveInstances(db, site);
  return judgeSecondWriters({
    enrolPlugins: listed(site.config.get('enrol_plugins_enabled')),
    authPlugins: listed(site.config.get('auth')),
    tasks: await readTasks(db, site),
    coursesByMethod: new Map(instances.map(({ enrol, courses }) => [enrol, Number(courses)])),
  });
}
