/** Between approval and apply: opens the sealed passwords of users to be created and hashes them, resumably. */
import type { Journal } from '../journal/journal.js';
import {
  insertPasswordHashes,
  selectHashedIds,
  selectSealedPasswords,
  selectUsersToCreate,
  type OwnedPassword,
} from '../journal/passwords.js';
import { readRelease } from '../moodle/probe.js';
import { passwordFormat } from '../passwords/format.js';
import { hashPasswords } from '../passwords/hash.js';
import type { PasswordKey } from '../passwords/key.js';
import type { School } from '../schools.js';

/** Sealed values handed to the threads at once, at most 609 bytes each. */
const PAGE = 5_000;

export interface HashedPasswords {
  readonly hashed: number;
  /** Passwords that no account can have; these accounts are made without one. */
  readonly refused: number;
}

/** Pages of the sealed passwords whose owners the plan creates and that are not hashed yet. */
async function* unhashed(
  journal: Journal,
  planId: number,
  uploadId: number,
): AsyncGenerator<OwnedPassword[]> {
  // put together here: the server would compare every password with every change of the plan
  const wanted = await selectUsersToCreate(journal, planId);
  for (const person of await selectHashedIds(journal, planId)) wanted.delete(person);
  let after = '';
  while (wanted.size > 0) {
    const page = await selectSealedPasswords(journal, uploadId, after, PAGE);
    const last = page.at(-1);
    if (last === undefined) return;
    after = last.externalId;
    yield page.filter(({ person }) => wanted.has(person));
  }
}

/**
 * Hashes what is not hashed yet, in the target version's native format, and stores each batch; a retry goes on where
 * the last one ended. An unusable password is stored as '', so that it is not tried for ever.
 */
export async function hashPlanPasswords(
  school: School,
  key: PasswordKey,
  planId: number,
  uploadId: number,
  signal: AbortSignal,
  onHashed: (count: number) => void,
): Promise<HashedPasswords> {
  const { branch } = await readRelease(school.db, school.moodle);
  const options = { key, school: school.code, format: passwordFormat(branch), signal };
  let [hashed, refused] = [0, 0];
  for await (const sealed of unhashed(school.journal, planId, uploadId)) {
    const persons = new Map(sealed.map(({ externalId, person }) => [externalId, person]));
    for await (const batch of hashPasswords(sealed, options)) {
      const rows = batch.map((result) => ({
        externalId: persons.get(result.externalId) ?? result.externalId,
        hash: 'hash' in result ? result.hash : '',
      }));
      await insertPasswordHashes(school.journal, planId, rows);
      refused += rows.filter((row) => row.hash === '').length;
      hashed += rows.length;
      onHashed(hashed);
    }
  }
  return { hashed, refused };
}
