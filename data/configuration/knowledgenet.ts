/** Where a school's KnowledgeNET is read from without anybody uploading: its database, or a watched folder. */
import { resolve } from 'node:path';
import { z } from 'zod';
import type { DatabaseAddress } from '../database/connect.js';
import { databaseAddress, databaseShape } from './database.js';
import { schemaName, text, type Place } from './read.js';

export const knowledgeNetShape = z
  .strictObject({
    /** Server and schema that hold the views kn_users, kn_groups … (docs/knowledgenet-database.md). */
    database: databaseShape.optional(),
    schema: schemaName.optional(),
    /** Folder on the worker's machine where exports are put; files are never altered or deleted. */
    watchFolder: text.optional(),
  })
  .refine((source) => (source.database === undefined) === (source.schema === undefined), {
    error: 'give database and schema together',
  });

/** Sources that are there without an upload. Both absent: workbooks are uploaded by a person. */
export interface KnowledgeNetSource {
  readonly database?: { readonly address: DatabaseAddress; readonly schema: string };
  /** Absolute path on the worker's machine. */
  readonly watchFolder?: string;
}

export function knowledgeNetSource(
  section: z.output<typeof knowledgeNetShape>,
  key: string,
  place: Place,
): KnowledgeNetSource {
  const { database, schema, watchFolder } = section;
  return {
    ...(database === undefined || schema === undefined
      ? {}
      : { database: { address: databaseAddress(database, `${key}.database`, place), schema } }),
    ...(watchFolder === undefined ? {} : { watchFolder: resolve(place.folder, watchFolder) }),
  };
}
