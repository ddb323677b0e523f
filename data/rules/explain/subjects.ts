/** Finding the person or class that somebody means by a few words. */
import type { GroupRecord, PersonRecord, SnapshotRecords } from '../../model/snapshot.js';

/** Somebody or something of a reading. */
export interface Subject {
  readonly kind: 'person' | 'class';
  readonly externalId: string;
  /** As people call it. */
  readonly name: string;
}

/** First name and surname. */
export function personName({ firstName, surname }: PersonRecord): string {
  return [firstName, surname].filter((part) => part !== undefined && part !== '').join(' ');
}

function ofPerson(person: PersonRecord): Subject {
  return { kind: 'person', externalId: person.externalId, name: personName(person) };
}

function ofClass({ externalId, name = '' }: GroupRecord): Subject {
  return { kind: 'class', externalId, name };
}

/** Lower case, without accents and macrons, words separated by one space: as people type. */
export function spoken(text: string): string {
  const bare = text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
  return bare.replace(/[\s,]+/gu, ' ').trim();
}

function namesOf(person: PersonRecord): string[] {
  const { firstName = '', surname = '' } = person;
  return [spoken(`${firstName} ${surname}`), spoken(`${surname} ${firstName}`)];
}

/**
 * Whom the words may mean, the best way of naming first: External ID, then login, then whole names, then the beginning
 * or end of a name. Several of one way are all given: nobody is picked.
 */
export function findSubjects(
  { person, group }: Pick<SnapshotRecords, 'person' | 'group'>,
  words: string,
): Subject[] {
  const wanted = spoken(words);
  const ways: readonly (readonly [(one: PersonRecord) => boolean, (one: GroupRecord) => boolean])[] = [
    [({ externalId }) => externalId === words, ({ externalId }) => externalId === words],
    [
      ({ externalId, login = '' }) => spoken(externalId) === wanted || spoken(login) === wanted,
      ({ externalId }) => spoken(externalId) === wanted,
    ],
    [(one) => namesOf(one).includes(wanted), ({ name = '' }) => spoken(name) === wanted],
    [
      (one) => namesOf(one).some((name) => name.startsWith(`${wanted} `) || name.endsWith(` ${wanted}`)),
      ({ name = '' }) => spoken(name).startsWith(`${wanted} `),
    ],
  ];
  if (wanted === '') return [];
  for (const [isPerson, isClass] of ways) {
    const found = [...person.filter(isPerson).map(ofPerson), ...group.filter(isClass).map(ofClass)];
    if (found.length > 0) return found;
  }
  return [];
}
