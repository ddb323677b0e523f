/** Between approval and apply: opens the sealed passwords of users to be created and hashes them, resumably. */
import { insertPasswordHashes, selectUnhashedPasswords } from '../journal/passwords.js';
import { probeSite } from '../moodle/probe.js';
import { passwordFormat } from '../passwords/format.js';
import { hashPasswords } from '../passwords/hash.js';
import type { PasswordKey } from '../passwords/key.js';
import type { School } from '../schools.js';

/** Sealed values handed to the threads at once. */
const PAGE = 500;

export interface HashedPasswords {
  readonly hashed: number;
  /** Passwords that no account can have; these accounts are made without one. */
  readonly refused: number;
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
  const { branch } = await probeSite(school.db, school.moodle);
  const options = { key, school: school.code, format: passwordFormat(branch), signal };
  let [hashed, refused] = [0, 0];
  for (;;) {
    const sealed = await selectUnhashedPasswords(school.journal, uploadId, planId, PAGE);
    if (sealed.length === 0) return { hashed, refused };
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
}
