/**
 * An installation's configuration: where Temporal, the journal and the schools' Moodles are. A YAML file and the
 * environment; secrets come from files or environment variables that the YAML file names, never from the file itself.
 */
import { existsSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { parseDocument } from 'yaml';
import { z } from 'zod';
import { databaseAddress, databaseShape } from './configuration/database.js';
import {
  knowledgeNetShape,
  knowledgeNetSource,
  type KnowledgeNetSource,
} from './configuration/knowledgenet.js';
import {
  mailServer,
  mailServerShape,
  notify,
  notifyShape,
  type MailServer,
  type Notify,
} from './configuration/notifications.js';
import {
  backups,
  backupsShape,
  encryption,
  encryptionShape,
  monitoringShape,
  type Backups,
  type Encryption,
  type Monitoring,
} from './configuration/production.js';
import {
  readText,
  refuse,
  schemaName,
  text,
  variable,
  type Environment,
  type Place,
} from './configuration/read.js';
import { webService, webServiceShape, type WebService } from './configuration/web-service.js';
import type { DatabaseAddress } from './database/connect.js';
import type { SourceLimits } from './knowledgenet/files/limits.js';
import { RolloverError } from './model/errors.js';
import { parsePasswordKey, type PasswordKey } from './passwords/key.js';
import { describeIssues } from './settings/issues.js';

export type { Encryption } from './configuration/production.js';
export type { Environment } from './configuration/read.js';

const schoolShape = z.strictObject({
  name: text,
  database: databaseShape,
  moodle: z.strictObject({
    database: schemaName,
    prefix: z
      .string()
      .regex(/^[a-z0-9_]{0,20}$/, 'expected a table prefix: small letters, digits, _')
      .optional(),
    webService: webServiceShape.optional(),
  }),
  journalSchema: schemaName.optional(),
  knowledgenet: knowledgeNetShape.optional(),
  notify: notifyShape.optional(),
});

const limit = z.int().positive().optional();

const fileShape = z.strictObject({
  temporal: z
    .strictObject({
      address: text.default('127.0.0.1:7233'),
      namespace: text.default('default'),
      taskQueue: text.default('rollover'),
      tls: z
        .strictObject({ caFile: text.optional(), certFile: text.optional(), keyFile: text.optional() })
        .optional(),
    })
    .default({ address: '127.0.0.1:7233', namespace: 'default', taskQueue: 'rollover' }),
  journal: z.strictObject({ schema: schemaName.default('rollover') }).default({ schema: 'rollover' }),
  schools: z
    .record(
      z.string().regex(/^[a-z0-9-]{1,32}$/, 'a school code has small letters, digits and -, at most 32'),
      schoolShape,
    )
    .refine((schools) => Object.keys(schools).length > 0, 'name at least one school'),
  passwordKeyFile: text.optional(),
  mail: mailServerShape.optional(),
  backups: backupsShape.optional(),
  encryption: encryptionShape.optional(),
  monitoring: monitoringShape.default({}),
  limits: z
    .strictObject({
      fileBytes: limit,
      unpackedBytes: limit,
      ratio: limit,
      entries: limit,
      cells: limit,
      rows: limit,
      milliseconds: limit,
      heapMegabytes: limit,
    } satisfies Record<keyof SourceLimits, typeof limit>)
    .default({}),
});

/** One school: its Moodle and the journal beside it. */
export interface SchoolConfiguration {
  readonly code: string;
  readonly name: string;
  /** The server that holds both schemas. */
  readonly database: DatabaseAddress;
  /** Moodle's schema, and its table prefix where it is not to be found out. */
  readonly moodle: { readonly database: string; readonly prefix?: string };
  /** Absent: what SQL cannot do is left to a person. */
  readonly webService?: WebService;
  /** Schema of our own tables. */
  readonly journalSchema: string;
  /** Sources that need no upload. */
  readonly knowledgenet: KnowledgeNetSource;
  /** Who is told; absent: nobody. */
  readonly notify?: Notify;
}

export interface TemporalConfiguration {
  readonly address: string;
  readonly namespace: string;
  readonly taskQueue: string;
  /** PEM texts; present = TLS. */
  readonly tls?: { readonly ca?: string; readonly cert?: string; readonly key?: string };
}

export interface Configuration {
  /** Absolute path of the file this was read from. */
  readonly path: string;
  readonly temporal: TemporalConfiguration;
  readonly schools: ReadonlyMap<string, SchoolConfiguration>;
  /** Seals passwords; absent: passwords are not read at all. */
  readonly passwordKey?: PasswordKey;
  /** Limits of a source file; absent ones keep the reader's defaults. */
  readonly limits: Partial<SourceLimits>;
  /** Sends mail to those whom a school's `notify` names. */
  readonly mail?: MailServer;
  /** Absent: dumps are made by other means and named. */
  readonly backups?: Backups;
  /** Absent: payloads are readable in Temporal; they hold ids, hashes and counts only. */
  readonly encryption?: Encryption;
  readonly monitoring: Monitoring;
}

const MAX_FILE_BYTES = 1_000_000;

/** Where the configuration is looked for: `--config`, ROLLOVER_CONFIG, then ./rollover.yaml. */
export function configurationPath(option: string | undefined, env: Environment, folder: string): string {
  return resolve(folder, option ?? variable(env, 'ROLLOVER_CONFIG') ?? 'rollover.yaml');
}

function parseFile(path: string): unknown {
  if (!existsSync(path) || !statSync(path).isFile())
    refuse(
      'There is no configuration file: name one with --config or ROLLOVER_CONFIG, ' +
        'or copy rollover.example.yaml to rollover.yaml.',
    );
  if (statSync(path).size > MAX_FILE_BYTES) refuse('The configuration file is larger than 1 MB.');
  const document = parseDocument(readText(path, '--config'), { uniqueKeys: true, prettyErrors: false });
  const [error] = document.errors;
  // The parser's message would quote the file.
  if (error !== undefined) refuse(`The configuration file is not YAML (${error.code}).`);
  try {
    return document.toJS({ maxAliasCount: 0 }) as unknown;
  } catch (cause) {
    refuse('The configuration file uses YAML aliases, which are not allowed.', cause);
  }
}

/** Keys that would hold a secret; found before zod, because they deserve their own sentence. */
function refuseInlineSecrets(value: unknown, path: string): void {
  if (typeof value !== 'object' || value === null) return;
  for (const [key, member] of Object.entries(value)) {
    const place = path === '' ? key : `${path}.${key}`;
    if (/^(password|passwd|secret|token|passwordKey)$/i.test(key))
      refuse(
        `${place} must not stand in the configuration file: put it in a file of its own or in an ` +
          `environment variable, and name that with ${key === 'passwordKey' ? 'passwordKeyFile' : `${key}File or ${key}Env`}.`,
      );
    refuseInlineSecrets(member, place);
  }
}

function temporalConfiguration(
  temporal: z.output<typeof fileShape>['temporal'],
  folder: string,
  env: Environment,
): TemporalConfiguration {
  const pem = (file: string | undefined, key: string): string | undefined =>
    file === undefined ? undefined : readText(resolve(folder, file), `temporal.tls.${key}`);
  return {
    address: variable(env, 'TEMPORAL_ADDRESS') ?? temporal.address,
    namespace: variable(env, 'TEMPORAL_NAMESPACE') ?? temporal.namespace,
    taskQueue: variable(env, 'TEMPORAL_TASK_QUEUE') ?? temporal.taskQueue,
    ...(temporal.tls === undefined
      ? {}
      : {
          tls: {
            ca: pem(temporal.tls.caFile, 'caFile'),
            cert: pem(temporal.tls.certFile, 'certFile'),
            key: pem(temporal.tls.keyFile, 'keyFile'),
          },
        }),
  };
}

function passwordKey(file: string | undefined, folder: string, env: Environment): PasswordKey | undefined {
  const inline = variable(env, 'ROLLOVER_PASSWORD_KEY');
  if (inline !== undefined) return parsePasswordKey(inline, 'ROLLOVER_PASSWORD_KEY');
  const named = variable(env, 'ROLLOVER_PASSWORD_KEY_FILE');
  if (named !== undefined)
    return parsePasswordKey(
      readText(resolve(named), 'ROLLOVER_PASSWORD_KEY_FILE'),
      'ROLLOVER_PASSWORD_KEY_FILE',
    );
  if (file === undefined) return undefined;
  return parsePasswordKey(readText(resolve(folder, file), 'passwordKeyFile'), 'passwordKeyFile');
}

function schoolConfiguration(
  code: string,
  school: z.output<typeof schoolShape>,
  journalSchema: string,
  place: Place,
): SchoolConfiguration {
  const key = `schools.${code}`;
  const { webService: service, ...moodle } = school.moodle;
  return {
    code,
    name: school.name,
    database: databaseAddress(school.database, `${key}.database`, place),
    moodle,
    ...(service === undefined ? {} : { webService: webService(service, `${key}.moodle.webService`, place) }),
    journalSchema: school.journalSchema ?? journalSchema,
    knowledgenet:
      school.knowledgenet === undefined
        ? {}
        : knowledgeNetSource(school.knowledgenet, `${key}.knowledgenet`, place),
    ...(school.notify === undefined ? {} : { notify: notify(school.notify, `${key}.notify`, place) }),
  };
}

function monitoring({ metrics, health }: z.output<typeof monitoringShape>): Monitoring {
  return { ...(metrics === undefined ? {} : { metrics }), ...(health === undefined ? {} : { health }) };
}

/**
 * Reads the configuration at `path` (see `configurationPath`); relative paths in it start at its own folder. Throws
 * `ConfigInvalid` naming keys, never values.
 */
export function loadConfiguration(path: string, env: Environment): Configuration {
  const content = parseFile(path);
  refuseInlineSecrets(content, '');
  const result = fileShape.safeParse(content);
  if (!result.success) refuse(`The configuration file is refused: ${describeIssues(result.error.issues)}`);
  const file = result.data;
  const folder = dirname(path);
  const place = { folder, env };
  const schools = new Map<string, SchoolConfiguration>();
  for (const [code, school] of Object.entries(file.schools))
    schools.set(code, schoolConfiguration(code, school, file.journal.schema, place));
  const key = passwordKey(file.passwordKeyFile, folder, env);
  return {
    path,
    temporal: temporalConfiguration(file.temporal, folder, env),
    schools,
    ...(key === undefined ? {} : { passwordKey: key }),
    limits: file.limits,
    ...(file.mail === undefined ? {} : { mail: mailServer(file.mail, 'mail', place) }),
    ...(file.backups === undefined ? {} : { backups: backups(file.backups, place) }),
    ...(file.encryption === undefined ? {} : { encryption: encryption(file.encryption, place) }),
    monitoring: monitoring(file.monitoring),
  };
}

/**
 * The school of a code. Without a code the only school of the installation. Throws `SchoolUnknown`, or `UsageInvalid`
 * when several schools could be meant.
 */
export function schoolOf(configuration: Configuration, code: string | undefined): SchoolConfiguration {
  if (code === undefined) {
    const [only, second] = configuration.schools.values();
    if (only !== undefined && second === undefined) return only;
    throw new RolloverError(
      'UsageInvalid',
      `Say which school: ${[...configuration.schools.keys()].sort().join(', ')}.`,
    );
  }
  const school = configuration.schools.get(code);
  if (school === undefined)
    throw new RolloverError('SchoolUnknown', 'The configuration has no school of this code.');
  return school;
}
