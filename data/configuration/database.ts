/** The address of a database server, wherever the configuration names one. */
import { resolve } from 'node:path';
import { z } from 'zod';
import type { DatabaseAddress } from '../database/connect.js';
import { environmentName, port, readSecret, readText, text, type Place } from './read.js';

export const databaseShape = z
  .strictObject({
    host: text.default('127.0.0.1'),
    port: port.default(3306),
    user: text,
    passwordFile: text.optional(),
    passwordEnv: environmentName.optional(),
    socketPath: text.optional(),
    tlsCaFile: text.optional(),
  })
  .refine((database) => database.passwordFile === undefined || database.passwordEnv === undefined, {
    error: 'give passwordFile or passwordEnv, not both',
  });

/** Resolves paths and reads the password. `key`: the place in the file, for messages. */
export function databaseAddress(
  database: z.output<typeof databaseShape>,
  key: string,
  place: Place,
): DatabaseAddress {
  const password = readSecret(
    { file: database.passwordFile, env: database.passwordEnv },
    `${key}.password`,
    place,
  );
  return {
    host: database.host,
    port: database.port,
    user: database.user,
    password: password ?? '',
    ...(database.socketPath === undefined ? {} : { socketPath: resolve(place.folder, database.socketPath) }),
    ...(database.tlsCaFile === undefined
      ? {}
      : { tlsCa: readText(resolve(place.folder, database.tlsCaFile), `${key}.tlsCaFile`) }),
  };
}
