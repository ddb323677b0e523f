/**
 * The second line of defence for logs: nothing personal should get here, and what does is taken out. Keys that hold
 * rows or persons go whole; in every other text, what looks like an address or a quoted value goes.
 */

/** Keys whose values are never shown, however they are written. */
const hidden =
  /^(?:user_?name|login|e_?mail|first_?name|last_?name|sur_?name|full_?name|name_?of|person|external_?id|id_?number|nsn|password|passwd|secret|token|authorization|sql|sql_?message|parameters|bindings|values?|payloads?|body|comment|text|stack|cause|details)$/i;

const address = /[\p{L}\p{N}._%+'-]+@[\p{L}\p{N}-]+(?:\.[\p{L}\p{N}-]+)*/giu;
/** What drivers quote: `Duplicate entry 'x' for key`, `near "x"`. */
const quoted = /'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"|`[^`\n]*`/g;

const GONE = '[redacted]';
const DEEPEST = 5;

/** A text without addresses and quoted values. */
export function redactText(text: string): string {
  return text.replace(quoted, GONE).replace(address, GONE);
}

interface Failure {
  readonly name?: unknown;
  readonly type?: unknown;
  readonly code?: unknown;
}

/** A failure is its code: messages of drivers quote rows. */
function redactFailure({ type, code, name }: Failure): string {
  const shown = [type, code, name].find((one) => typeof one === 'string' && /^[\w.-]{1,64}$/.test(one));
  return typeof shown === 'string' ? shown : 'unknown';
}

/** Any value as it may be logged. */
export function redact(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return redactText(value);
  if (typeof value === 'bigint') return String(value);
  if (typeof value === 'number' || typeof value === 'boolean' || value === null) return value;
  if (value instanceof Error) return redactFailure(value);
  if (value instanceof Uint8Array || typeof value !== 'object' || depth >= DEEPEST) return GONE;
  if (Array.isArray(value)) return value.map((item) => redact(item, depth + 1));
  return redactFields(value as Record<string, unknown>, depth + 1);
}

/** Fields as they may be logged. */
export function redactFields(fields: Readonly<Record<string, unknown>>, depth = 0): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields)
      .filter(([, value]) => value !== undefined)
      .map(([key, value]) => [key, hidden.test(key) ? GONE : redact(value, depth)]),
  );
}
