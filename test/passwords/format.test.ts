import { describe, expect, it } from 'vitest';
import { sha512Crypt } from '../../data/passwords/sha512-crypt.js';
import { hashPassword, passwordFormat, passwordProblem } from '../../data/passwords/format.js';

describe('password hashes', () => {
  // Computed with libc's crypt(3); openssl passwd -6 agrees.
  it.each([
    [
      'Kererū-42',
      'abcdefghijklmnop',
      'IsHw3EE0pxLHbHsxBKt8pgomGo7MJgZ456vDQdGjueW5AqYZ9kUelxMCydVo4qqhXnqeXMaSR2V7dU9QPe8.I/',
    ],
    [
      'correct horse battery staple',
      './0123456789ABCD',
      '/k9dA3sBun3hOJtsocZgmHrzkFZaBJ31q4Hf8QO93vmNpKk5QtqgznBtKSAQgtYEcG2nR9KqkWIQsCyvEvN26.',
    ],
    [
      'x'.repeat(128),
      'zyxwvutsrqponmlk',
      'kTkDs9EHVxwAJwGU6hIuK369KJjkomgq7omNkKPHVX7LdVYbt/wmlIrVh6rfXAhKwJx8g0fxOqt26eICrWjEg/',
    ],
  ])('equal those of the C library for SHA-512 crypt', (password, salt, digest) => {
    expect(hashPassword(password, 'sha512crypt', salt)).toBe(`$6$rounds=10000$${salt}$${digest}`);
  });

  it.each([
    [1, 'Uk3Mzj.dpv88Kp8t8vXqiIKGBH/8HhWNg0nd.OdPm2Gb43S2mIMi.V0PtLooezU0.gOHpx0Oi5SsjJzQFTY3v/'],
    [63, 'zIbpLWL5PrhsFP3FYvA/.hr.nN2RpSOk74YRDjH/PWdawOjWM.NPC7q4oRfoembGpd8hdFOu.2/4bPUOZUfO2.'],
    [64, 'RuQFcgVfWzscrWr3Zb.x61CZQhZbkX7RziPYyPQRLUlvEWAGFEXSOS0I4IfYryk/T0hrVGMCWrCC6RHunjTg3/'],
    [65, 'ENKUDS2vdRayVgVEqAGZXStcIwQ0Lg6hD.X84HTmUo0lnGgrEryOp7wjl6m6zd9Ljig.JDZliOjUj4KHLacmH.'],
    [127, 'DiEh9rGQgkLZcZH29XyS.Rq3vcNmUYfltW1dvbvz6xLSqFCkuCuXfCL/3S8QjSTpwM37X6LUpiczS2l2zxIo6.'],
    [128, 'TNgcwdW64iq7E7hotNvErinYbTl2xNX50naQZY4V7Fid0C55pRhYH2N8GsrIsP6os8WXdN3UYhEaiv.EdMo7g/'],
  ])('equal those of the C library at %i bytes, around the size of a digest', (length, digest) => {
    expect(sha512Crypt('x'.repeat(length), 'zyxwvutsrqponmlk', 1000)).toBe(
      `$6$rounds=1000$zyxwvutsrqponmlk$${digest}`,
    );
  });

  it.each([
    ['Kererū-42', 'abcdefghijklmnopqrstuu', 'mNxjNX5hih54y5tKDzOWXUKJtkoqQeW'],
    ['x'.repeat(72), 'ABCDEFGHIJKLMNOPQRSTUu', 'UstJLzupb5sKKZC98BcDD3YdGmWrbfy'],
  ])('equal those of the C library for bcrypt', (password, salt, digest) => {
    expect(hashPassword(password, 'bcrypt', salt)).toBe(`$2y$10$${salt}${digest}`);
  });

  it('have the form that Moodle writes itself, with a salt of their own each time', () => {
    const sha512 = [hashPassword('a', 'sha512crypt'), hashPassword('a', 'sha512crypt')];
    const bcrypt = [hashPassword('a', 'bcrypt'), hashPassword('a', 'bcrypt')];
    for (const hash of sha512)
      expect(hash).toMatch(/^\$6\$rounds=10000\$[./A-Za-z0-9]{16}\$[./A-Za-z0-9]{86}$/);
    for (const hash of bcrypt) expect(hash).toMatch(/^\$2y\$10\$[./A-Za-z0-9]{53}$/);
    expect(new Set([...sha512, ...bcrypt]).size).toBe(4);
  });

  it.each([
    ['401', 'bcrypt'],
    ['402', 'bcrypt'],
    ['403', 'sha512crypt'],
    ['405', 'sha512crypt'],
    ['500', 'sha512crypt'],
  ])('are native to branch %s: %s', (branch, format) => {
    expect(passwordFormat(branch)).toBe(format);
  });
});

describe('passwords that are not written', () => {
  it.each([
    ['', 'empty'],
    ['a'.repeat(129), 'too-long'],
    ['with\u0000nul', 'control-characters'],
    ['with\ttab', 'control-characters'],
  ])('are named by their problem', (password, problem) => {
    expect(passwordProblem(password)).toBe(problem);
  });

  it('are counted in characters, not in UTF-16 units', () => {
    expect(passwordProblem('🦜'.repeat(128))).toBeUndefined();
    expect(passwordProblem('🦜'.repeat(129))).toBe('too-long');
  });

  it('for bcrypt are those of more than 72 bytes, of which it would ignore the end', () => {
    expect(passwordProblem('ā'.repeat(36), 'bcrypt')).toBeUndefined();
    expect(passwordProblem('ā'.repeat(37), 'bcrypt')).toBe('too-long');
    expect(passwordProblem('ā'.repeat(37), 'sha512crypt')).toBeUndefined();
  });
});
