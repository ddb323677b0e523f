/** What KnowledgeNET's database refuses or loses, as our errors. The driver's messages may quote rows and are dropped. */
import { castDatabaseError } from '../../database/errors.js';
import { RolloverError } from '../../model/errors.js';

/** The view is not there, is broken, or lacks a column. */
const missing = new Set(['ER_NO_SUCH_TABLE', 'ER_BAD_DB_ERROR', 'ER_VIEW_INVALID', 'ER_BAD_FIELD_ERROR']);
/** The account may not log in, or not read. */
const denied = new Set([
  'ER_ACCESS_DENIED_ERROR',
  'ER_ACCESS_DENIED_NO_PASSWORD_ERROR',
  'ER_DBACCESS_DENIED_ERROR',
  'ER_TABLEACCESS_DENIED_ERROR',
  'ER_COLUMNACCESS_DENIED_ERROR',
]);

function codeOf(error: unknown): string {
  const code = typeof error === 'object' && error !== null ? (error as { code?: unknown }).code : null;
  return typeof code === 'string' ? code : '';
}

/** Why a view cannot be read, or null when the error is about something else. */
export function refusalOf(error: unknown): 'missing' | 'broken' | 'right' | null {
  const code = codeOf(error);
  if (denied.has(code)) return 'right';
  if (code === 'ER_VIEW_INVALID') return 'broken';
  return missing.has(code) ? 'missing' : null;
}

/** Our error for whatever ended a reading. Ours pass through. */
export function castSourceError(error: unknown): RolloverError {
  if (error instanceof RolloverError) return error;
  const code = codeOf(error);
  if (refusalOf(error) !== null)
    return new RolloverError('SourceViews', `KnowledgeNET's database refuses to be read (${code}).`);
  const cast = castDatabaseError(error);
  if (cast.code !== 'DatabaseUnavailable' && cast.code !== 'LockContention') return cast;
  return new RolloverError(
    'SourceUnavailable',
    `KnowledgeNET's database cannot be reached, or was lost half-way (${code === '' ? 'connection closed' : code}).`,
  );
}
