/** Translates driver errors into our codes; the driver's messages hold values of rows and are dropped. */
import { RolloverError } from '../model/errors.js';

interface DriverError {
  readonly code?: string;
  readonly errno?: number;
  readonly sqlState?: string;
  readonly name?: string;
}

const unavailable = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ENOENT',
  'PROTOCOL_CONNECTION_LOST',
  'PROTOCOL_SEQUENCE_TIMEOUT',
  'ER_SERVER_SHUTDOWN',
  'ER_CON_COUNT_ERROR',
  'ER_CONNECTION_KILLED',
  'ER_QUERY_INTERRUPTED',
  'ER_NEW_ABORTING_CONNECTION',
  'ER_ABORTING_CONNECTION',
  'EHOSTUNREACH',
  'ECONNABORTED',
]);
/** Client idle time-outs of MariaDB (4031) and MySQL, connection killed (1927). */
const unavailableNumbers = new Set([1927, 4031, 1053, 1152, 1184, 2006, 2013]);
/** A table, a tablespace or a disk has no room left. */
const full = new Set(['ER_RECORD_FILE_FULL', 'ER_DISK_FULL', 'ER_TEMP_FILE_WRITE_FAILURE']);
const contention = new Set(['ER_LOCK_DEADLOCK', 'ER_LOCK_WAIT_TIMEOUT', 'ER_CHECKREAD']);
const privileges = new Set([
  'ER_ACCESS_DENIED_ERROR',
  'ER_DBACCESS_DENIED_ERROR',
  'ER_TABLEACCESS_DENIED_ERROR',
  'ER_COLUMNACCESS_DENIED_ERROR',
  'ER_SPECIFIC_ACCESS_DENIED_ERROR',
  'ER_ACCESS_DENIED_NO_PASSWORD_ERROR',
]);

/** Whether this is a unique key's refusal (1062). */
export function isDuplicateKey(error: unknown): boolean {
  return typeof error === 'object' && error !== null && (error as DriverError).code === 'ER_DUP_ENTRY';
}

/** Our error for a driver's; ours pass through, anything unknown becomes `Internal` with the driver's code only. */
export function castDatabaseError(error: unknown): RolloverError {
  if (error instanceof RolloverError) return error;
  const { code, errno, name } = (typeof error === 'object' && error !== null ? error : {}) as DriverError;
  const closed =
    error instanceof Error &&
    /closed state|Connection lost|server has gone away|read ECONNRESET/i.test(error.message);
  if (
    (code !== undefined && unavailable.has(code)) ||
    (errno !== undefined && unavailableNumbers.has(errno)) ||
    closed ||
    name === 'KnexTimeoutError'
  )
    return new RolloverError(
      'DatabaseUnavailable',
      `The database cannot be reached (${code ?? name ?? 'connection closed'}).`,
    );
  if (code !== undefined && full.has(code))
    return new RolloverError('DatabaseFull', `The database has no room left (${code}).`);
  if (code !== undefined && contention.has(code))
    return new RolloverError('LockContention', `Another transaction holds rows that we need (${code}).`);
  if (code !== undefined && privileges.has(code))
    return new RolloverError('MoodlePrivileges', `The database account lacks a right (${code}).`);
  return new RolloverError('Internal', `An unexpected failure (${code ?? name ?? 'unknown'}).`);
}
