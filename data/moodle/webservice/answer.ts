/**
 * What Moodle's REST server answered: the result, or a failure of ours. Moodle answers errors with status 200 and a
 * document that names an error code; its texts may be HTML and may quote what we sent, so they are never repeated.
 */
import { RolloverError } from '../../model/errors.js';
import type { Answer } from './post.js';

interface Refusal {
  readonly exception?: unknown;
  readonly errorcode?: unknown;
  /** Only from a Moodle that shows debugging: what failed, with the statement if it was one. */
  readonly debuginfo?: unknown;
}

/** Codes for which waiting helps: Moodle itself is not ready. */
const passing = new Set([
  'sitemaintenance',
  'upgraderunning',
  'dmlreadexception',
  'dmlwriteexception',
  'dmltransactionexception',
  'dbconnectionfailed',
  'locktimeout',
  'cannotgetlock',
  'ratelimit',
]);

/** Moodle's code where it is one; some exceptions put a sentence of HTML in its place. */
export function readErrorCode(refusal: Refusal): string {
  const { errorcode } = refusal;
  return typeof errorcode === 'string' && /^[A-Za-z0-9_:.\-/]{1,80}$/.test(errorcode)
    ? errorcode
    : 'not a code';
}

/** The table of the statement that failed; its other words may be about people. */
export function readTable({ debuginfo }: Refusal): string | undefined {
  if (typeof debuginfo !== 'string') return undefined;
  return /\b(?:DELETE\s+FROM|INSERT\s+INTO|UPDATE)\s+`?([a-z0-9]+_[a-z0-9_]{1,60})`?(?=\s|$)/i.exec(
    debuginfo,
  )?.[1];
}

function unavailable(message: string, details: Record<string, string | number> = {}): RolloverError {
  return new RolloverError('WebServiceUnavailable', message, details);
}

function refused(name: string, refusal: Refusal): RolloverError {
  const code = readErrorCode(refusal);
  const table = code.startsWith('dml') ? readTable(refusal) : undefined;
  const details = { function: name, errorcode: code, ...(table === undefined ? {} : { table }) };
  if (passing.has(code.toLowerCase())) return unavailable(`Moodle cannot do ${name} now (${code}).`, details);
  return new RolloverError('WebServiceRefused', `Moodle refused ${name} (${code}).`, details);
}

/** A document that starts further on: with debugging shown, PHP's notices stand before it. */
function parseDocument(body: string): { readonly value: unknown } | null {
  const starts = [0, ...[...body.matchAll(/[[{]|null\s*$/g)].slice(0, 200).map(({ index }) => index)];
  for (const start of starts) {
    try {
      return { value: JSON.parse(body.slice(start)) as unknown };
    } catch {
      continue; // not a document from here on
    }
  }
  return null;
}

function isRefusal(value: unknown): value is Refusal {
  return typeof value === 'object' && value !== null && 'exception' in value && 'errorcode' in value;
}

/**
 * The result of a call.
 *
 * @throws RolloverError WebServiceRefused, WebServiceUnavailable
 */
export function readAnswer(name: string, { status, body }: Answer): unknown {
  const document = parseDocument(body);
  if (document !== null && isRefusal(document.value)) throw refused(name, document.value);
  if (status === 401 || status === 403)
    throw new RolloverError(
      'WebServiceRefused',
      `Every call is refused (${status}): web services or REST are switched off in Moodle, or a proxy wants a login.`,
      { function: name, status },
    );
  if (status === 404)
    throw new RolloverError(
      'WebServiceRefused',
      'There is no Moodle with web services at this address (404).',
      {
        function: name,
        status,
      },
    );
  if (status >= 300 && status < 400)
    throw new RolloverError(
      'WebServiceRefused',
      `The address leads elsewhere (${status}): configure it as in Moodle's wwwroot.`,
      { function: name, status },
    );
  if (status !== 200) throw unavailable(`Moodle answered ${status}.`, { function: name, status });
  if (document === null)
    throw unavailable('Moodle answered with something that is not JSON: it may be in maintenance.', {
      function: name,
    });
  return document.value;
}
