/** A plan's fingerprint: what a person approves, and what applying compares. */
import { createHash } from 'node:crypto';
import type { Plan } from '../../model/plan.js';

interface Label {
  readonly key: string;
  readonly label: string;
}

/** Sorted keys with their text. Hundreds of thousands of items have a few dozen shapes; more are not remembered. */
const shapes = new Map<string, readonly Label[]>();
const MAX_SHAPES = 500;

function labelsOf(keys: readonly string[]): readonly Label[] {
  const shape = keys.join();
  const known = shapes.get(shape);
  // a key with a comma in it makes two lists of keys look alike, but not of the same length
  if (known?.length === keys.length) return known;
  const labels = [...keys].sort().map((key) => ({ key, label: `${JSON.stringify(key)}:` }));
  if (shapes.size < MAX_SHAPES && shape.split(',').length === keys.length) shapes.set(shape, labels);
  return labels;
}

/** JSON with sorted keys (ours are ASCII, so every order agrees); absent and undefined values are left out. */
function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const record = value as Record<string, unknown>;
  let json = '';
  for (const { key, label } of labelsOf(Object.keys(record))) {
    const member = record[key];
    if (member !== undefined) json += (json === '' ? label : `,${label}`) + canonicalJson(member);
  }
  return `{${json}}`;
}

/** Characters that are hashed at once. */
const CHUNK = 1 << 16;

/**
 * SHA-256, lower-case hex, over one line of canonical JSON per item: the numbers first, then each list under its name.
 * Lines are hashed as they are made, so that the size of the plan does not matter.
 */
export function planHash(plan: Plan): string {
  const hash = createHash('sha256');
  let buffer = '';
  const line = (text: string): void => {
    buffer += `${text}\n`;
    if (buffer.length < CHUNK) return;
    hash.update(buffer, 'utf8');
    buffer = '';
  };
  const { changes, notices, kept, proposals, reusedCodes, counts, satisfied, guards = [] } = plan;
  line(canonicalJson({ counts, satisfied }));
  const lists = { changes, notices, kept, proposals, reusedCodes, ...(guards.length > 0 ? { guards } : {}) };
  for (const [name, items] of Object.entries(lists)) {
    line(name);
    for (const item of items) line(canonicalJson(item));
  }
  return hash.update(buffer, 'utf8').digest('hex');
}
