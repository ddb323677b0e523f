import { randomBytes } from 'node:crypto';
import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { RolloverError } from '../../data/model/errors.js';
import { parsePasswordKey, PasswordKey } from '../../data/passwords/key.js';
import { openPassword, sealPassword } from '../../data/passwords/seal.js';

const key = new PasswordKey(Buffer.alloc(32, 7));
const sealed = sealPassword(key, 'kowhai', 'S1', 'Kererū-42')!;

function failure(act: () => unknown): RolloverError {
  try {
    act();
  } catch (error) {
    if (error instanceof RolloverError) return error;
    throw error;
  }
  throw new Error('expected a refusal');
}

describe('a sealed password', () => {
  it('opens to what was sealed', () => {
    expect(openPassword(key, 'kowhai', 'S1', sealed)).toBe('Kererū-42');
  });

  it('is never the same twice, does not hold the password, and does not tell its length', () => {
    const again = sealPassword(key, 'kowhai', 'S1', 'Kererū-42')!;
    expect(again.equals(sealed)).toBe(false);
    expect(sealed.includes(Buffer.from('Kerer'))).toBe(false);
    expect(sealPassword(key, 'kowhai', 'S1', 'a')!.length).toBe(sealed.length);
  });

  it('fits the journal even at its longest', () => {
    const longest = sealPassword(key, 'kowhai', 'S1', '🦜'.repeat(128))!;
    expect(longest.length).toBe(609);
    expect(openPassword(key, 'kowhai', 'S1', longest)).toBe('🦜'.repeat(128));
  });

  it('opens for nobody else, in no other school, and not when a byte changed', () => {
    for (const [school, person] of [
      ['kowhai', 'S2'],
      ['rata', 'S1'],
    ] as const)
      expect(failure(() => openPassword(key, school, person, sealed)).code).toBe('Internal');
    for (let at = 5; at < sealed.length; at += 1) {
      const altered = Buffer.from(sealed);
      altered[at] = altered[at]! ^ 1;
      expect(failure(() => openPassword(key, 'kowhai', 'S1', altered)).code).toBe('Internal');
    }
  });

  it('names the keys when it was sealed with another one', () => {
    const other = new PasswordKey(Buffer.alloc(32, 8));
    const error = failure(() => openPassword(other, 'kowhai', 'S1', sealed));
    expect(error.code).toBe('ConfigInvalid');
    expect(error.details).toEqual({ key: other.id, sealedWith: key.id });
  });

  it('is not made of what no Moodle takes', () => {
    for (const password of ['', 'a'.repeat(129), 'a\u0000'])
      expect(sealPassword(key, 's', 'p', password)).toBeNull();
  });

  it('leaves no clear text in any error', () => {
    const errors = [
      failure(() => openPassword(key, 'kowhai', 'S2', sealed)),
      failure(() => openPassword(key, 'kowhai', 'S1', sealed.subarray(0, 20))),
    ];
    for (const error of errors)
      expect(inspect(error, { depth: 9, showHidden: true })).not.toMatch(/Kerer|S1|S2/);
  });
});

describe('the password key', () => {
  const bytes = randomBytes(32);

  it.each(['hex', 'base64', 'base64url'] as const)('is read from %s', (encoding) => {
    expect(parsePasswordKey(` ${bytes.toString(encoding)}\n`, 'TEST').id).toBe(new PasswordKey(bytes).id);
  });

  it('is refused by origin, not by content, when it is not 32 bytes', () => {
    for (const text of ['', 'secret', bytes.toString('hex').slice(2), bytes.toString('base64') + 'AAAA']) {
      const error = failure(() => parsePasswordKey(text, 'ROLLOVER_PASSWORD_KEY'));
      expect(error.code).toBe('ConfigInvalid');
      expect(error.message).toContain('ROLLOVER_PASSWORD_KEY');
      if (text !== '') expect(error.message).not.toContain(text);
    }
  });

  it('prints as its id', () => {
    const secret = new PasswordKey(bytes);
    const printed = `${inspect({ secret }, { depth: 9, showHidden: true })}${JSON.stringify({ secret })}`;
    expect(printed).toContain(secret.id);
    expect(printed).not.toContain(bytes.toString('hex').slice(0, 12));
    expect(printed).not.toMatch(/Buffer/);
  });
});
