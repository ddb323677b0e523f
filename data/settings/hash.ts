/** A settings' fingerprint, as plans and runs name it. */
import { createHash } from 'node:crypto';
import { compareCodePoints } from '../model/code-points.js';
import type { SchoolSettings } from '../model/settings.js';

/** JSON with keys in code point order and absent values left out, so that equal settings are equal text. */
function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value)
      .filter(([, member]) => member !== undefined)
      .sort(([a], [b]) => compareCodePoints(a, b));
    return `{${entries.map(([key, member]) => `${JSON.stringify(key)}:${canonicalJson(member)}`).join(',')}}`;
  }
  return JSON.stringify(value);
}

/** SHA-256 of the canonical JSON, lower-case hex. */
export function hashJson(value: unknown): string {
  return createHash('sha256').update(canonicalJson(value), 'utf8').digest('hex');
}

/** The fingerprint of a school's settings. */
export function settingsHash(settings: SchoolSettings): string {
  return hashJson(settings);
}
