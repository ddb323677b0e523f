/** `rollover history`: who changed, decided and said what; and how somebody went through the readings. Journal only. */
import { selectAllDecisions, selectRunComments } from '../../data/journal/comments.js';
import type { Journal } from '../../data/journal/journal.js';
import { selectRuns } from '../../data/journal/runs.js';
import { selectSettingsHistory } from '../../data/journal/settings.js';
import { selectKeptSnapshots } from '../../data/journal/about.js';
import { diffSettings } from '../../data/rules/history/settings-diff.js';
import { openReading } from '../../data/stages/explain.js';
import { subjectHistory } from '../../data/stages/history.js';
import { onePage } from '../csv.js';
import type { Session } from '../session.js';
import { count, countOf, toIso } from '../text/format.js';
import {
  renderSettingsHistory,
  renderSubjectHistory,
  renderTimeline,
  type Moment,
  type SettingsMoment,
} from '../text/history.js';
import { outcomeWords } from '../text/words.js';
import { examples, type Verb } from '../verb.js';
import { subjectOf } from './explain.js';
import { snapshotIdOf } from './findings.js';

interface HistoryOptions {
  readonly all?: boolean;
}

const SHOWN = 50;
const RUNS = 1000;

/** Versions, newest first, each with what it changed. */
async function settingsMoments(journal: Journal): Promise<SettingsMoment[]> {
  const versions = await selectSettingsHistory(journal);
  return versions.map(({ version, changedAt, changedBy, hash, settings }, at) => ({
    version,
    at: changedAt,
    by: changedBy,
    hash,
    changes: diffSettings(versions[at + 1]?.settings, settings),
  }));
}

async function settingsHistory(session: Session): Promise<void> {
  const versions = await settingsMoments(await session.journal());
  await session.output.show({ versions: versions.map((one) => ({ ...one, at: toIso(one.at) })) }, () =>
    renderSettingsHistory(versions, session.output.style),
  );
}

function outcomeOf(outcome: string): string {
  return Object.hasOwn(outcomeWords, outcome) ? outcomeWords[outcome as keyof typeof outcomeWords] : outcome;
}

/** Everything that people did, newest first. */
async function timeline(journal: Journal): Promise<Moment[]> {
  const settings = (await settingsMoments(journal)).map(({ at, by, version, changes }) => ({
    at,
    who: by,
    what: `settings version ${version}: ${countOf(changes.length, 'value')} changed`,
    comment: null,
  }));
  const runs = (await selectRuns(journal, RUNS)).flatMap((run): Moment[] => [
    { at: run.startedAt, who: run.startedBy, what: `run ${run.id} began: ${run.workflowId}`, comment: null },
    ...(run.endedAt === null
      ? []
      : [
          {
            at: run.endedAt,
            who: '',
            what: `run ${run.id} ended: ${outcomeOf(run.outcome ?? '')}`,
            comment: null,
          },
        ]),
  ]);
  const decisions = (await selectAllDecisions(journal)).map((one) => ({
    at: one.at,
    who: one.channel === 'signal' ? `${one.by} (as claimed)` : one.by,
    what:
      `${one.verdict} at gate ${one.gate} of ${one.workflowId}` +
      (one.outcome.startsWith('accepted') ? '' : `, refused: ${one.outcome}`),
    comment: one.comment,
  }));
  const comments = (await selectRunComments(journal)).map(({ at, by, runId, text }) => ({
    at,
    who: by,
    what: `comment on run ${runId}`,
    comment: text,
  }));
  return [...settings, ...runs, ...decisions, ...comments].sort((a, b) =>
    a.at < b.at ? 1 : a.at > b.at ? -1 : 0,
  );
}

async function wholeHistory(session: Session, { all }: HistoryOptions): Promise<void> {
  const moments = await timeline(await session.journal());
  const { output } = session;
  if (output.json) {
    const items = moments.map((one) => ({ ...one, at: toIso(one.at) }));
    await output.list({ school: session.school.code }, items.length, onePage(items));
    return;
  }
  const shown = all === true ? moments : moments.slice(0, SHOWN);
  const rest = moments.length - shown.length;
  const text = moments.length === 0 ? 'Nothing has happened yet.' : renderTimeline(shown);
  await output.write(`${text}${rest > 0 ? `\n… and ${count(rest)} more: --all` : ''}\n`);
}

async function historyOf(session: Session, words: string): Promise<void> {
  const journal = await session.journal();
  const newest = (await selectKeptSnapshots(journal)).at(-1)?.id;
  const reading = await openReading(journal, newest ?? (await snapshotIdOf(journal, undefined)));
  const history = await subjectHistory(journal, await subjectOf(session, reading, words));
  const document = {
    ...history,
    changes: history.changes.map((one) => ({ ...one, at: toIso(one.at) })),
    answers: history.answers.map((one) => ({ ...one, at: toIso(one.at) })),
  };
  await session.output.show(document, () => renderSubjectHistory(history, session.output.style));
}

export const historyVerb: Verb = (program, run) => {
  program
    .command('history')
    .description('who changed, decided and said what; or the history of a person or class')
    .argument('[subject]', '"settings", or a person or class: External ID, login or name')
    .option('--all', 'everything, not only the newest')
    .addHelpText(
      'after',
      examples(
        'history                            settings, runs, decisions and comments, newest first',
        'history settings                   every version with the values it changed',
        'history 01234                      readings, plans and answers about a person',
        'history 10MAT2 --json',
      ),
    )
    .action(
      run<[string?], HistoryOptions>((session, [subject], options) => {
        if (subject === undefined) return wholeHistory(session, options);
        return subject === 'settings' ? settingsHistory(session) : historyOf(session, subject);
      }),
    );
};
