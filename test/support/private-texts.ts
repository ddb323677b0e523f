/** Looks for children's data in places where there must be none. */
import type { SampleSchool } from '../../embedded/sample-school.js';

/** Every name, login, e-mail address, id and password of a school. Words too short or too common to tell are left out. */
export function privateTexts(schools: readonly SampleSchool[]): Set<string> {
  const texts = new Set<string>();
  for (const school of schools) {
    for (const person of [...school.students, ...school.teachers])
      for (const value of [
        person.externalId,
        person.firstName,
        person.surname,
        person.login,
        person.email,
        person.nsn,
        person.password,
      ])
        if (value !== undefined && String(value).length >= 4) texts.add(String(value));
    for (const group of school.groups) if (group.externalId.length >= 4) texts.add(group.externalId);
  }
  return texts;
}

function escape(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

/** Which of the texts stand in the given ones as words of their own. */
export function findPrivate(texts: ReadonlySet<string>, haystack: Iterable<string>): string[] {
  const alternatives = [...texts].sort((a, b) => b.length - a.length).map(escape);
  const pattern = new RegExp(`(?<![\\p{L}\\p{N}])(?:${alternatives.join('|')})(?![\\p{L}\\p{N}])`, 'gu');
  const found = new Set<string>();
  for (const text of haystack) for (const match of text.matchAll(pattern)) found.add(match[0]);
  return [...found];
}

/** Every text in a value, however deep; bytes are read as UTF-8, because payloads are JSON in bytes. */
export function* allTexts(value: unknown): Generator<string> {
  if (typeof value === 'string') yield value;
  else if (value instanceof Uint8Array) yield Buffer.from(value).toString('utf8');
  else if (Array.isArray(value)) for (const item of value) yield* allTexts(item);
  else if (typeof value === 'object' && value !== null)
    for (const [key, item] of Object.entries(value)) {
      yield key;
      yield* allTexts(item);
    }
}
