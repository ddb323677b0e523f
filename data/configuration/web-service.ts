/** Moodle's web services, for what SQL cannot do (docs/web-services.md). */
import { resolve } from 'node:path';
import { z } from 'zod';
import { environmentName, readSecret, readText, refuse, text, type Place } from './read.js';

export const webServiceShape = z.strictObject({
  /** Moodle's address as in its own wwwroot, e.g. https://moodle.example.school.nz */
  url: z.url({ protocol: /^https?$/, error: 'expected an address that begins with https:// or http://' }),
  tokenFile: text.optional(),
  tokenEnv: environmentName.optional(),
  /** PEM of a private certificate authority. */
  caFile: text.optional(),
  timeoutSeconds: z.int().min(1).max(600).default(30),
});

export interface WebService {
  /** Without a trailing slash. */
  readonly url: string;
  readonly token: string;
  /** PEM text. */
  readonly ca?: string;
  readonly timeoutMs: number;
}

export function webService(section: z.output<typeof webServiceShape>, key: string, place: Place): WebService {
  const token = readSecret({ file: section.tokenFile, env: section.tokenEnv }, `${key}.token`, place);
  if (token === undefined) refuse(`${key} needs tokenFile or tokenEnv.`);
  return {
    url: section.url.replace(/\/+$/, ''),
    token,
    ...(section.caFile === undefined
      ? {}
      : { ca: readText(resolve(place.folder, section.caFile), `${key}.caFile`) }),
    timeoutMs: section.timeoutSeconds * 1000,
  };
}
