/** How people are told that something waits or failed: mail, a webhook, both or neither. */
import { resolve } from 'node:path';
import { z } from 'zod';
import { environmentName, port, readSecret, readText, text, type Place } from './read.js';

export const mailServerShape = z.strictObject({
  host: text,
  port: port.default(587),
  /** tls: from the first byte (465). starttls: required before anything is sent. none: a relay on this machine. */
  security: z.enum(['tls', 'starttls', 'none']).default('starttls'),
  user: text.optional(),
  passwordFile: text.optional(),
  passwordEnv: environmentName.optional(),
  caFile: text.optional(),
  /** The sender. */
  from: text,
});

export interface MailServer {
  readonly host: string;
  readonly port: number;
  readonly security: 'tls' | 'starttls' | 'none';
  readonly login?: { readonly user: string; readonly password: string };
  readonly ca?: string;
  readonly from: string;
}

export function mailServer(section: z.output<typeof mailServerShape>, key: string, place: Place): MailServer {
  const { host, port: number, security, user, from } = section;
  const password = readSecret(
    { file: section.passwordFile, env: section.passwordEnv },
    `${key}.password`,
    place,
  );
  return {
    host,
    port: number,
    security,
    from,
    ...(user === undefined ? {} : { login: { user, password: password ?? '' } }),
    ...(section.caFile === undefined
      ? {}
      : { ca: readText(resolve(place.folder, section.caFile), `${key}.caFile`) }),
  };
}

/** Who is told about one school. */
export const notifyShape = z.strictObject({
  /** Mail addresses of the administrators who decide. */
  mail: z.array(z.email()).max(20).default([]),
  webhook: z
    .strictObject({
      url: z.url({ protocol: /^https?$/, error: 'expected an address that begins with https:// or http://' }),
      /** Signs the body (HMAC-SHA256), so that the receiver knows who called. */
      secretFile: text.optional(),
      secretEnv: environmentName.optional(),
    })
    .optional(),
  /** A page where the run can be seen, e.g. Temporal UI; `{workflow}` and `{run}` are filled in. */
  link: z.string().max(500).optional(),
});

export interface Notify {
  readonly mail: readonly string[];
  readonly webhook?: { readonly url: string; readonly secret?: string };
  readonly link?: string;
}

export function notify(section: z.output<typeof notifyShape>, key: string, place: Place): Notify {
  const { mail, webhook, link } = section;
  const secret = readSecret(
    { file: webhook?.secretFile, env: webhook?.secretEnv },
    `${key}.webhook.secret`,
    place,
  );
  return {
    mail,
    ...(webhook === undefined
      ? {}
      : { webhook: { url: webhook.url, ...(secret === undefined ? {} : { secret }) } }),
    ...(link === undefined ? {} : { link }),
  };
}
