/** Asks Moodle to delete items of one kind, and says what its answer means. Nothing is asked twice here. */
import type { WebService } from '../configuration/web-service.js';
import type { DeletionItem, DeletionKind } from '../model/deletion.js';
import { RolloverError } from '../model/errors.js';
import { deleteCourses, deleteUsers, unenrolUsers } from '../moodle/webservice/deletions.js';

/**
 * answered: done, but for those that Moodle refused by its code. refused: none was done. closed: Moodle does nothing for
 * us at all now. unknown: no answer, or one from which it cannot be told.
 */
export type Answer =
  | { readonly kind: 'answered'; readonly refused: ReadonlyMap<number, string> }
  | { readonly kind: 'refused'; readonly errorcode: string }
  | { readonly kind: 'closed'; readonly errorcode: string; readonly error: RolloverError }
  | { readonly kind: 'unknown'; readonly errorcode: string; readonly ended: boolean };

/** Rows of one call. Courses take long and are not one transaction: each goes by itself. */
export const callSizes: Readonly<Record<DeletionKind, number>> = { user: 50, course: 1, enrolment: 50 };

/** Refusals that are about us and not about what we asked for. */
const ours: ReadonlySet<string> = new Set([
  'invalidtoken',
  'accessexception',
  'servicenotavailable',
  'servicerequireslogin',
  'forcepasswordchangenotice',
  'sitepolicynotagreed',
  'usernotfullysetup',
  'notingroup',
  'wsaccessuserdeleted',
  'wsaccessusersuspended',
  'wsaccessusernologin',
]);
/** Moodle is not ready for anybody. */
const away: ReadonlySet<string> = new Set([
  'sitemaintenance',
  'upgraderunning',
  'dbconnectionfailed',
  'ratelimit',
]);

async function send(
  service: WebService,
  items: readonly DeletionItem[],
  signal: AbortSignal,
): Promise<ReadonlyMap<number, string>> {
  const ids = items.map(({ moodleId }) => moodleId);
  const options = { signal };
  switch (items[0]?.kind) {
    case 'user':
      await deleteUsers(service, ids, options);
      return new Map();
    case 'course':
      return deleteCourses(service, ids, options);
    case 'enrolment':
      await unenrolUsers(service, items, options);
      return new Map();
    case undefined:
      return new Map();
  }
}

/** What is kept of a refusal: Moodle's code and, where Moodle says it, the table that stands in the way. */
function named(code: string, table: unknown): string {
  return typeof table === 'string' ? `${code}/${table}` : code;
}

function judge(error: RolloverError): Answer {
  const { errorcode, status, table } = error.details;
  const code = typeof errorcode === 'string' ? errorcode : '';
  if (error.code === 'WebServiceUnavailable') {
    if (away.has(code)) return { kind: 'closed', errorcode: code, error };
    // a code or a status is an answer: Moodle is through with it
    const ended = code !== '' || typeof status === 'number';
    const silence = `no-answer${status === undefined ? '' : `-${String(status)}`}`;
    return { kind: 'unknown', errorcode: code === '' ? silence : named(code, table), ended };
  }
  if (code === '' || ours.has(code))
    return { kind: 'closed', errorcode: code === '' ? String(status ?? 'refused') : code, error };
  return { kind: 'refused', errorcode: named(code, table) };
}

/** @throws whatever is no answer of Moodle's, e.g. that the work was cancelled */
export async function askMoodle(
  service: WebService,
  items: readonly DeletionItem[],
  signal: AbortSignal,
): Promise<Answer> {
  try {
    return { kind: 'answered', refused: await send(service, items, signal) };
  } catch (error) {
    // a cancelled run is not a failed one
    signal.throwIfAborted();
    if (!(error instanceof RolloverError)) throw error;
    if (error.code !== 'WebServiceUnavailable' && error.code !== 'WebServiceRefused') throw error;
    return judge(error);
  }
}
