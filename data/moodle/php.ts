/** Text as PHP writes it, for Moodle's log. */

/** What a log row's `other` may hold. */
export type PhpValue =
  string | number | boolean | null | readonly PhpValue[] | { readonly [key: string]: PhpValue };

/** PHP's json_encode: slashes and everything beyond ASCII escaped. */
export function encodeJson(value: PhpValue): string {
  return JSON.stringify(value)
    .replaceAll('/', '\\/')
    .replace(/[\u0080-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** PHP's serialize; string lengths count bytes. */
export function serialize(value: PhpValue): string {
  if (value === null) return 'N;';
  if (typeof value === 'boolean') return `b:${value ? 1 : 0};`;
  if (typeof value === 'number') return `i:${value};`;
  if (typeof value === 'string') return `s:${Buffer.byteLength(value)}:"${value}";`;
  const entries: [string | number, PhpValue][] = isList(value)
    ? value.map((item, index) => [index, item])
    : Object.entries(value);
  return `a:${entries.length}:{${entries.map(([key, item]) => serialize(key) + serialize(item)).join('')}}`;
}

function isList(
  value: readonly PhpValue[] | { readonly [key: string]: PhpValue },
): value is readonly PhpValue[] {
  return Array.isArray(value);
}
