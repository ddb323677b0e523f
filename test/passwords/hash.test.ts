import { performance } from 'node:perf_hooks';
import bcrypt from 'bcryptjs';
import { verify } from 'unixcrypt';
import { describe, expect, it } from 'vitest';
import { RolloverError } from '../../data/model/errors.js';
import { hashPasswords, type HashOptions, type PasswordResult } from '../../data/passwords/hash.js';
import { PasswordKey } from '../../data/passwords/key.js';
import { sealPassword } from '../../data/passwords/seal.js';

const key = new PasswordKey(Buffer.alloc(32, 7));
const school = 'kowhai';

function sealAll(passwords: Readonly<Record<string, string>>) {
  return Object.entries(passwords).map(([externalId, password]) => ({
    externalId,
    sealed: sealPassword(key, school, externalId, password)!,
  }));
}

async function collect(
  entries: ReturnType<typeof sealAll>,
  options: Partial<HashOptions>,
): Promise<Map<string, PasswordResult>> {
  const results = new Map<string, PasswordResult>();
  for await (const batch of hashPasswords(entries, { key, school, format: 'bcrypt', ...options }))
    for (const result of batch) results.set(result.externalId, result);
  return results;
}

function hashOf(result: PasswordResult | undefined): string {
  if (result === undefined || !('hash' in result)) throw new Error('expected a hash');
  return result.hash;
}

describe('hashing sealed passwords', () => {
  const passwords = Object.fromEntries(Array.from({ length: 12 }, (_, i) => [`S${i}`, `Tūī ${i}`]));

  it('gives every person a hash that opens with their password, in both formats', async () => {
    const sha512 = await collect(sealAll(passwords), { format: 'sha512crypt' });
    const blowfish = await collect(sealAll(passwords), { format: 'bcrypt' });
    expect([...sha512.keys()].sort()).toEqual(Object.keys(passwords).sort());
    for (const [id, password] of Object.entries(passwords)) {
      expect(verify(password, hashOf(sha512.get(id)))).toBe(true);
      expect(bcrypt.compareSync(password, hashOf(blowfish.get(id)).replace('$2y$', '$2b$'))).toBe(true);
    }
  });

  it('keeps the main thread free', async () => {
    let ticks = 0;
    const timer = setInterval(() => (ticks += 1), 10);
    const start = performance.now();
    await collect(sealAll(passwords), { format: 'bcrypt', threads: 1, batch: 12 });
    const elapsed = performance.now() - start;
    clearInterval(timer);
    // Hashing here would let none through; a busy machine lets fewer than one in 10 ms through.
    expect(ticks).toBeGreaterThan(elapsed / 50);
  });

  it('says why a person gets none, and goes on with the others', async () => {
    const [short, long] = sealAll({ S1: 'Tūī', S2: 'ā'.repeat(40) });
    const foreign = { externalId: 'S3', sealed: short!.sealed };
    const results = await collect([short!, long!, foreign], {});
    expect(hashOf(results.get('S1'))).toMatch(/^\$2y\$/);
    expect(results.get('S2')).toEqual({ externalId: 'S2', problem: 'too-long' });
    expect(results.get('S3')).toEqual({ externalId: 'S3', problem: 'unreadable' });
  });

  it('hands out batches, so that the caller can store them and go on after a stop', async () => {
    const stored: string[] = [];
    for await (const batch of hashPasswords(sealAll(passwords), {
      key,
      school,
      format: 'bcrypt',
      threads: 2,
      batch: 2,
    })) {
      expect(batch.length).toBeLessThanOrEqual(2);
      stored.push(...batch.map((result) => result.externalId));
      if (stored.length >= 4) break;
    }
    const rest = sealAll(passwords).filter((entry) => !stored.includes(entry.externalId));
    const results = await collect(rest, {});
    expect([...stored, ...results.keys()].sort()).toEqual(Object.keys(passwords).sort());
  });

  it('refuses values of another key before it starts', async () => {
    const other = new PasswordKey(Buffer.alloc(32, 8));
    await expect(collect(sealAll({ S1: 'a' }), { key: other })).rejects.toMatchObject({
      code: 'ConfigInvalid',
    });
  });

  it('stops when told to', async () => {
    const stop = new AbortController();
    const run = async (): Promise<void> => {
      for await (const batch of hashPasswords(sealAll(passwords), {
        key,
        school,
        format: 'bcrypt',
        batch: 1,
        signal: stop.signal,
      })) {
        expect(batch).toHaveLength(1);
        stop.abort(new RolloverError('Interrupted', 'Stopped by a person.'));
      }
    };
    await expect(run()).rejects.toMatchObject({ code: 'Interrupted' });
  });

  it('gives nothing for nobody', async () => {
    expect((await collect([], {})).size).toBe(0);
  });
});
