/** `rollover schedule`: whether and when this school's source is looked at by itself. */
import { ScheduleNotFoundError, type ScheduleDescription } from '@temporalio/client';
import { settingsInForce } from '../../data/stages/settings-in-force.js';
import { syncScheduleId } from '../../workflows/messages.js';
import type { Session } from '../session.js';
import { when } from '../text/format.js';
import { examples, type Verb } from '../verb.js';

const NEXT_SHOWN = 3;

async function describeSchedule(session: Session): Promise<ScheduleDescription | null> {
  const { client } = await session.temporal();
  try {
    return await client.schedule.getHandle(syncScheduleId(session.school.code)).describe();
  } catch (error) {
    if (error instanceof ScheduleNotFoundError) return null;
    throw error;
  }
}

/** Why nothing happens by itself, with the way to change that. */
function reasonOf(session: Session, mode: string): string {
  const { database, watchFolder } = session.school.knowledgenet;
  if (database === undefined && watchFolder === undefined)
    return 'No source is configured that could be looked at (schools.CODE.knowledgenet).';
  return mode === 'enabled'
    ? 'The schedule is made when a worker starts.'
    : `The mode is ${mode}; ${session.command('settings set mode enabled')} starts the schedule.`;
}

async function schedule(session: Session): Promise<void> {
  const { settings } = await settingsInForce(await session.journal());
  const found = await describeSchedule(session);
  const running = found !== null && !found.state.paused;
  const next = running
    ? found.info.nextActionTimes.slice(0, NEXT_SHOWN).map((time) => time.toISOString())
    : [];
  const last = found?.info.recentActions.at(-1)?.takenAt.toISOString() ?? null;
  const document = { mode: settings.mode, everyMinutes: settings.everyMinutes ?? 60, running, next, last };
  await session.output.show(document, () =>
    [
      `Mode ${settings.mode}: ${running ? `the source is looked at every ${document.everyMinutes} minutes.` : 'nothing runs by itself.'}`,
      ...(running ? [`Next: ${next.map(when).join(', ')}`] : [reasonOf(session, settings.mode)]),
      ...(last === null ? [] : [`Last look: ${when(last)}`]),
    ].join('\n'),
  );
}

export const scheduleVerb: Verb = (program, run) => {
  program
    .command('schedule')
    .description('whether and when the source is looked at by itself (mode Enabled)')
    .addHelpText(
      'after',
      examples(
        'schedule                           mode, interval, the next times',
        'settings set mode enabled          starts it; a rollover pauses it',
        'settings set everyMinutes 30',
      ),
    )
    .action(run<[], object>((session) => schedule(session)));
};
