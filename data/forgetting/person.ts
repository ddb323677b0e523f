/** One person as the journal knows her: her id, and every text under which she was ever read or written. */
import type { PersonRecord } from '../model/snapshot.js';
import { select, type Journal } from '../journal/journal.js';
import { selectSnapshotIds, readPages, personPages } from './pages.js';

export interface KnownPerson {
  readonly externalId: string;
  /** Names, logins, e-mail addresses, NSN: as they were in any reading, plan or provenance. */
  readonly texts: ReadonlySet<string>;
  /** Snapshot → rows of the source in which she stood, as `sheet/row`. */
  readonly places: ReadonlyMap<number, ReadonlySet<string>>;
  /** Other External IDs that ever had her NSN, login or e-mail address: most likely she, under an earlier id. */
  readonly alsoKnownAs: readonly string[];
}

const fields = ['nsn', 'surname', 'firstName', 'login', 'email'] as const;

/** Bodies in which Moodle's names of the same fields stand. */
const bodyFields = ['username', 'firstname', 'lastname', 'email', 'nsn'] as const;

async function selectUserBodies(journal: Journal, externalId: string): Promise<string[]> {
  const statement = `SELECT c.body FROM plan_change c JOIN plan p ON p.id = c.plan_id
    WHERE p.target_id = ? AND c.kind = 'user' AND c.external_id = ?`;
  const rows = await select<{ body: string }>(journal.db, statement, [journal.targetId, externalId]);
  return rows.map((row) => row.body);
}

async function selectProvenance(
  journal: Journal,
  externalId: string,
): Promise<{ naturalKey: string; body: string | null } | undefined> {
  const statement = `SELECT natural_key AS naturalKey, body FROM managed
    WHERE target_id = ? AND kind = 'user' AND external_id = ?`;
  const rows = await select<{ naturalKey: string; body: string | null }>(journal.db, statement, [
    journal.targetId,
    externalId,
  ]);
  return rows[0];
}

/** Texts of the named fields, however deep they lie. */
function* textsOf(value: unknown): Generator<string> {
  if (typeof value !== 'object' || value === null) return;
  for (const [key, member] of Object.entries(value)) {
    const named = (bodyFields as readonly string[]).includes(key);
    if (named && typeof member === 'string') yield member;
    // provenance keeps { kn, moodle } per field
    if (named && typeof member === 'object' && member !== null)
      for (const text of Object.values(member as Record<string, unknown>))
        if (typeof text === 'string') yield text;
    yield* textsOf(member);
  }
}

/** Fields that two people do not share. */
const identifying = ['nsn', 'login', 'email'] as const;

async function findOtherIds(
  journal: Journal,
  externalId: string,
  texts: ReadonlySet<string>,
): Promise<string[]> {
  const hers = new Set([...texts].map((text) => text.toLowerCase()));
  const ids = new Set<string>();
  for (const id of await selectSnapshotIds(journal))
    for await (const page of readPages(journal, id, ['person']))
      for (const record of personPages.parse(page).records as readonly PersonRecord[])
        if (identifying.some((field) => hers.has(record[field]?.toLowerCase() ?? '')))
          ids.add(record.externalId);
  ids.delete(externalId);
  return [...ids].sort();
}

/** Gathers her from all readings, plans and provenance. Empty texts: nobody knows her beyond her id. */
export async function findPerson(journal: Journal, externalId: string): Promise<KnownPerson> {
  const texts = new Set<string>();
  const places = new Map<number, Set<string>>();
  for (const id of await selectSnapshotIds(journal))
    for await (const page of readPages(journal, id, ['person'])) {
      const { records, places: rows } = personPages.parse(page);
      for (const [index, record] of records.entries()) {
        const person = record as PersonRecord;
        if (person.externalId !== externalId) continue;
        for (const field of fields) if (person[field]) texts.add(person[field]);
        const place = rows[index];
        if (place) places.set(id, (places.get(id) ?? new Set()).add(place.join('/')));
      }
    }
  for (const body of await selectUserBodies(journal, externalId))
    for (const text of textsOf(JSON.parse(body))) if (text !== '') texts.add(text);
  const provenance = await selectProvenance(journal, externalId);
  if (provenance !== undefined) {
    texts.add(provenance.naturalKey);
    for (const text of textsOf(JSON.parse(provenance.body ?? '{}'))) if (text !== '') texts.add(text);
  }
  return { externalId, texts, places, alsoKnownAs: await findOtherIds(journal, externalId, texts) };
}
