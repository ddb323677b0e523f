/** What a production installation adds: backups, payload encryption, metrics and health. */
import { resolve } from 'node:path';
import { z } from 'zod';
import { port, refuse, readText, text, type Place } from './read.js';

export const backupsShape = z.strictObject({
  /** Folder on the worker's machine for dumps of Moodle's database; readable by the worker's account only. */
  folder: text,
  /** Dump program; found on the path when absent. */
  program: text.optional(),
});

export interface Backups {
  /** Absolute. */
  readonly folder: string;
  readonly program?: string;
}

export function backups(section: z.output<typeof backupsShape>, { folder }: Place): Backups {
  return {
    folder: resolve(folder, section.folder),
    ...(section.program === undefined ? {} : { program: section.program }),
  };
}

const keyId = z.string().regex(/^[A-Za-z0-9._-]{1,64}$/, 'expected letters, digits and . _ -');

export const encryptionShape = z
  .strictObject({
    /** Key that new payloads are encrypted with. */
    keyId,
    /** Key id → file with 32 bytes as base64 or hex; older keys stay listed until their histories are gone. */
    keyFiles: z.record(keyId, text),
  })
  .refine((section) => section.keyFiles[section.keyId] !== undefined, {
    error: 'keyFiles has no file for keyId',
  });

/** Keys of the payload codec (AES-256-GCM). */
export interface Encryption {
  readonly keyId: string;
  /** Key id → 32 bytes. */
  readonly keys: ReadonlyMap<string, Buffer>;
}

function keyBytes(content: string, key: string): Buffer {
  const trimmed = content.trim();
  const bytes = /^[0-9a-f]{64}$/i.test(trimmed)
    ? Buffer.from(trimmed, 'hex')
    : Buffer.from(trimmed, 'base64');
  if (bytes.length !== 32) refuse(`The file named by ${key} does not hold 32 bytes as base64 or hex.`);
  return bytes;
}

export function encryption(section: z.output<typeof encryptionShape>, { folder }: Place): Encryption {
  const keys = new Map<string, Buffer>();
  for (const [id, file] of Object.entries(section.keyFiles)) {
    const key = `encryption.keyFiles.${id}`;
    keys.set(id, keyBytes(readText(resolve(folder, file), key), key));
  }
  return { keyId: section.keyId, keys };
}

/** Loopback unless said otherwise: what is shown there is not personal, but nobody else's business either. */
export const monitoringShape = z.strictObject({
  /** Prometheus metrics of the worker. */
  metrics: z.strictObject({ host: text.default('127.0.0.1'), port }).optional(),
  /** GET /healthz and /readyz of the worker. */
  health: z.strictObject({ host: text.default('127.0.0.1'), port }).optional(),
});

export interface Monitoring {
  readonly metrics?: { readonly host: string; readonly port: number };
  readonly health?: { readonly host: string; readonly port: number };
}
