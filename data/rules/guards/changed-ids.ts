/** People whose External ID is another one now, though they are the same by number, login or name. Pure. */
import type { PersonRecord, Snapshot } from '../../model/snapshot.js';

export interface ChangedId {
  readonly before: string;
  readonly now: string;
}

/** What tells one person from others, strongest first; names only where they are one person's in each reading. */
const tellers: readonly ((person: PersonRecord) => string)[] = [
  ({ nsn }) => nsn ?? '',
  ({ login }) => login?.toLowerCase() ?? '',
  ({ email }) => email?.toLowerCase() ?? '',
  ({ type, firstName = '', surname = '' }) =>
    firstName === '' || surname === '' ? '' : `${type} ${firstName} ${surname}`.toLowerCase(),
];

/** Texts that exactly one of these people has. */
function unique(
  people: readonly PersonRecord[],
  tell: (person: PersonRecord) => string,
): Map<string, string> {
  const owners = new Map<string, string | null>();
  for (const person of people) {
    const text = tell(person);
    if (text !== '') owners.set(text, owners.has(text) ? null : person.externalId);
  }
  return new Map([...owners].filter((entry): entry is [string, string] => entry[1] !== null));
}

function without(people: Iterable<PersonRecord>, ids: ReadonlySet<string>): PersonRecord[] {
  return [...people].filter(({ externalId }) => !ids.has(externalId));
}

/** Pairs each newcomer with the one who is gone and has the same number, login, address or name. */
export function findChangedIds(now: Snapshot, base: Snapshot | null): ChangedId[] {
  if (base === null) return [];
  const idsNow = new Set(now.records.person.map(({ externalId }) => externalId));
  for (const id of now.withheld?.persons ?? []) idsNow.add(id);
  const idsBefore = new Set(base.records.person.map(({ externalId }) => externalId));
  let gone = without(base.records.person, idsNow);
  let fresh = without(now.records.person, idsBefore);
  const changed: ChangedId[] = [];
  for (const tell of tellers) {
    const [before, after] = [unique(gone, tell), unique(fresh, tell)];
    const pairs = [...after].flatMap(([text, id]) => {
      const old = before.get(text);
      return old === undefined ? [] : [{ before: old, now: id }];
    });
    changed.push(...pairs);
    gone = without(gone, new Set(pairs.map((pair) => pair.before)));
    fresh = without(fresh, new Set(pairs.map((pair) => pair.now)));
  }
  return changed;
}
