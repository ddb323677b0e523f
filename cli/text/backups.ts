/** Dumps of Moodle's database as text. Pure. */
import type { Backup } from '../../data/journal/backups.js';
import type { OnlyHashed, Verification } from '../../data/backup/verify.js';
import { count, countOf, when } from './format.js';
import { renderTable } from './table.js';

/** 1234567 → "1.2 MB". */
export function size(bytes: number): string {
  if (bytes < 1_000_000) return `${count(Math.ceil(bytes / 1000))} kB`;
  return bytes < 1e9 ? `${(bytes / 1e6).toFixed(1)} MB` : `${(bytes / 1e9).toFixed(1)} GB`;
}

/** 30.2 → "30 hours"; from three days on in days. */
export function age(hours: number): string {
  if (hours < 1) return 'less than an hour';
  return hours < 72 ? countOf(Math.floor(hours), 'hour') : countOf(Math.floor(hours / 24), 'day');
}

function stateOf({ damagedAt, verifiedHow, verifiedAt, kind }: Backup): string {
  if (damagedAt !== null) return 'DAMAGED: does not count';
  if (verifiedHow === 'restored') return `restored and counted ${when(verifiedAt ?? '')}`;
  if (verifiedHow === 'hash') return `hash checked ${when(verifiedAt ?? '')}`;
  return kind === 'elsewhere' ? 'not ours to check' : 'not verified';
}

/** Newest first. */
export function renderBackups(backups: readonly Backup[]): string {
  const titles = ['ID', 'Age', 'Data of', 'Size', 'By', 'Kind', 'State', 'Where'];
  return renderTable(
    titles.map((title) => ({ title, limit: 120 })),
    backups.map((backup) => [
      String(backup.id),
      age(backup.ageHours),
      when(backup.takenAt),
      backup.bytes === null ? '' : size(backup.bytes),
      backup.by,
      backup.kind,
      stateOf(backup),
      backup.file ?? backup.statement ?? '',
    ]),
  );
}

const reasons: Readonly<Record<OnlyHashed, string>> = {
  NotOurs: 'it was made by other means, and such a dump may name other schemas',
  NoClient: "neither mariadb nor mysql is on the worker's path",
  NoRight: 'the database account may not make a scratch schema (docs/backups.md)',
};

export function renderVerification({ backupId, onlyHashed, tables, rows }: Verification): string {
  return onlyHashed === null
    ? `Backup ${backupId} is good: restored into a scratch schema, ${countOf(tables ?? 0, 'table')} with ${countOf(rows ?? 0, 'row')} as dumped; the schema is dropped.`
    : `Backup ${backupId} is only hash-checked, not restored: ${reasons[onlyHashed]}. Its bytes are what they were, and it ends as a dump ends.`;
}

/** One line about the newest dump, for whoever decides. */
export function renderNewest(newest: Backup | null): string {
  if (newest === null) return "No dump of Moodle's database is known.";
  return `The newest dump of Moodle's database is backup ${newest.id}, ${age(newest.ageHours)} old.`;
}

/** ", 12.3 MB, 45,000 rows" of a dump under way. */
export function renderDumpProgress(details: Readonly<Record<string, unknown>>): string {
  const { bytes, rows, ofBytes } = details;
  if (typeof bytes !== 'number' || typeof rows !== 'number' || typeof ofBytes !== 'number') return '';
  return `, ${size(bytes)} of about ${size(ofBytes)}, ${countOf(rows, 'row')}`;
}
