/** `rollover settings`: what the administrator has decided, with its history. */
import { readFile, writeFile } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { text as readAll } from 'node:stream/consumers';
import { stringify } from 'yaml';
import {
  selectSettings,
  selectSettingsHistory,
  storeSettings,
  type StoredSettings,
} from '../../data/journal/settings.js';
import { RolloverError } from '../../data/model/errors.js';
import type { SchoolSettings } from '../../data/model/settings.js';
import { getSetting, setSetting, unsetSetting } from '../../data/settings/edit.js';
import { settingsHash } from '../../data/settings/hash.js';
import { exportSettings, importSettings } from '../../data/settings/yaml.js';
import { settingsInForce } from '../../data/stages/settings-in-force.js';
import { castError } from '../failure.js';
import { refusalOf } from '../files.js';
import { concernsSchedule, followMode } from '../runs/follow-mode.js';
import { concernsRemovals, tellRollover } from '../runs/tell-rollover.js';
import type { Session } from '../session.js';
import { countOf, shortHash, toIso, when } from '../text/format.js';
import { titleOf } from '../text/run.js';
import { renderTable } from '../text/table.js';
import { examples, type Verb } from '../verb.js';

/** A rollover that waits with its removals plans them again. Without Temporal it sees the change by itself. */
async function tellOfRemovals(session: Session): Promise<void> {
  try {
    const found = await tellRollover(session);
    if (found !== null)
      session.output.note(
        `${titleOf(found.workflowId)} plans removals again if it is there; see ${session.command('status')}.`,
      );
  } catch (error) {
    if (castError(error).code !== 'TemporalUnavailable') throw error;
    session.output.note('Temporal does not answer; a rollover that waits sees the change within a day.');
  }
}

/** Stores a new version and says so. The same settings again are no new version. */
async function store(session: Session, settings: SchoolSettings): Promise<void> {
  const journal = await session.journal();
  const before = await selectSettings(journal);
  const hash = settingsHash(settings);
  const version = await storeSettings(journal, settings, hash, session.account);
  const changed = before?.version !== version;
  if (changed && concernsSchedule(before?.settings ?? null, settings)) await followMode(session, version);
  if (changed && concernsRemovals(before?.settings ?? null, settings)) await tellOfRemovals(session);
  await session.output.show({ version, hash, changed }, () =>
    changed
      ? `Settings version ${version} is in force (${shortHash(hash)}). A plan made before has to be made again.`
      : `Nothing has changed: version ${version} is in force.`,
  );
}

async function edit(session: Session, change: (settings: SchoolSettings) => SchoolSettings): Promise<void> {
  const { settings } = await settingsInForce(await session.journal());
  await store(session, change(settings));
}

async function show(session: Session): Promise<void> {
  const journal = await session.journal();
  const stored = await selectSettings(journal);
  const { settings, hash } = await settingsInForce(journal);
  const head =
    stored === null
      ? '# Defaults: nobody has set anything yet, and no class gets a course.\n'
      : `# Version ${stored.version}, ${when(stored.changedAt)}, by ${stored.changedBy}\n`;
  await session.output.show(
    { version: stored?.version ?? 0, hash, settings },
    () => head + exportSettings(settings).trimEnd(),
  );
}

async function get(session: Session, path: string): Promise<void> {
  const { settings } = await settingsInForce(await session.journal());
  const value = getSetting(settings, path);
  await session.output.show({ path, value }, () =>
    typeof value === 'string' ? value : stringify(value).trimEnd(),
  );
}

function fileError(path: string, error: unknown): RolloverError {
  return new RolloverError('UsageInvalid', `"${basename(path)}" ${refusalOf(error)}.`, {}, { cause: error });
}

async function exportTo(session: Session, path: string | undefined): Promise<void> {
  const { settings } = await settingsInForce(await session.journal());
  const yaml = exportSettings(settings);
  if (path === undefined) {
    await session.output.write(yaml);
    return;
  }
  try {
    // an existing file is somebody's work
    await writeFile(resolve(session.io.cwd, path), yaml, { flag: 'wx' });
  } catch (error) {
    throw fileError(path, error);
  }
  session.output.note(`Written to ${path}.`);
}

async function importFrom(session: Session, path: string): Promise<void> {
  let yaml: string;
  try {
    yaml =
      path === '-' ? await readAll(session.io.stdin) : await readFile(resolve(session.io.cwd, path), 'utf8');
  } catch (error) {
    throw fileError(path, error);
  }
  await edit(session, (settings) => importSettings(yaml, settings));
}

/** Paths whose values differ between two versions. */
export function changedPaths(before: unknown, after: unknown, path: readonly string[] = []): string[] {
  const plain = (value: unknown): value is Record<string, unknown> =>
    typeof value === 'object' && value !== null && !Array.isArray(value);
  if (plain(before) && plain(after)) {
    const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
    return keys.flatMap((key) => changedPaths(before[key], after[key], [...path, key]));
  }
  return JSON.stringify(before) === JSON.stringify(after) ? [] : [path.join('.')];
}

const PATHS_SHOWN = 4;

function describeVersion(version: StoredSettings, before: StoredSettings | undefined): string {
  if (before === undefined) return 'first version';
  const paths = changedPaths(before.settings, version.settings);
  const rest = paths.length - PATHS_SHOWN;
  return paths.slice(0, PATHS_SHOWN).join(', ') + (rest > 0 ? ` and ${countOf(rest, 'more', 'more')}` : '');
}

async function history(session: Session): Promise<void> {
  const versions = await selectSettingsHistory(await session.journal());
  const described = versions.map((version, index) => ({
    version: version.version,
    changedAt: toIso(version.changedAt),
    changedBy: version.changedBy,
    hash: version.hash,
    changed: describeVersion(version, versions[index + 1]),
  }));
  await session.output.show({ versions: described }, () =>
    described.length === 0
      ? 'Nobody has set anything yet.'
      : renderTable(
          [{ title: 'version' }, { title: 'when' }, { title: 'by' }, { title: 'changed', limit: 100 }],
          described.map((one) => [one.version, when(one.changedAt), one.changedBy, one.changed]),
        ),
  );
}

export const settingsVerb: Verb = (program, run) => {
  const settings = program
    .command('settings')
    .description('which classes get courses and what they look like; validated, with history')
    .addHelpText(
      'after',
      examples(
        'settings                           show the settings in force as YAML',
        'settings set mode snapshot-only',
        'settings set groupTypes.default.provisioning enabled',
        'settings set \'groupTypes.named["Sports team"].format\' social',
        'settings set classOverrides.9MAT disabled',
        'settings unset classOverrides.9MAT',
        'settings export settings.yaml      edit it, then:',
        'settings import settings.yaml',
        'settings history',
      ),
    );
  settings
    .command('show', { isDefault: true })
    .description('print the settings in force')
    .action(run<[], object>((session) => show(session)));
  settings
    .command('get')
    .description('print one value')
    .argument('<path>', 'keys joined by dots')
    .action(run<[string], object>((session, [path]) => get(session, path)));
  settings
    .command('set')
    .description('change one value')
    .argument('<path>', 'keys joined by dots')
    .argument('<value>', 'what it is set to; lists with commas')
    .action(
      run<[string, string], object>((session, [path, value]) =>
        edit(session, (before) => setSetting(before, path, value)),
      ),
    );
  settings
    .command('unset')
    .description('take an optional value away')
    .argument('<path>', 'keys joined by dots')
    .action(
      run<[string], object>((session, [path]) => edit(session, (before) => unsetSetting(before, path))),
    );
  settings
    .command('export')
    .description('print YAML, or write it to a new file')
    .argument('[file]')
    .action(run<[string?], object>((session, [path]) => exportTo(session, path)));
  settings
    .command('import')
    .description('take settings from YAML; what it leaves out stays as it is')
    .argument('<file>', 'a YAML file, or - for standard input')
    .action(run<[string], object>((session, [path]) => importFrom(session, path)));
  settings
    .command('history')
    .description('who changed what, newest first')
    .action(run<[], object>((session) => history(session)));
};
