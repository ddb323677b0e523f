/** KnowledgeNET's database beside the run's Moodles: a schema with views, and an account that may only read them. */
import { randomBytes } from 'node:crypto';
import { createConnection, type Connection } from 'mysql2/promise';
import type { ViewSource } from '../../data/knowledgenet/database/read.js';
import { createDatabase, type SampleRule } from '../../embedded/sample-school/database.js';
import type { SampleSchool } from '../../embedded/sample-school/model.js';
import { createSchema, testServer } from './database.js';

export interface TestViews {
  readonly source: ViewSource;
  /** May do everything; its default schema is the views'. */
  readonly admin: Connection;
  /** Name of the reading account with its host, quoted. */
  readonly account: string;
  close(): Promise<void>;
}

const views = ['kn_users', 'kn_groups', 'kn_group_types', 'kn_memberships', 'kn_provisioning_rules'];

export async function createViews(
  school: SampleSchool,
  rules: readonly SampleRule[] = [],
): Promise<TestViews> {
  const schema = await createSchema('kn');
  const { host, port, user, password } = testServer();
  const admin = await createConnection({
    host,
    port,
    user,
    password,
    database: schema.name,
    charset: 'utf8mb4',
  });
  await createDatabase(admin, school, rules);
  const reader = `kn_${randomBytes(5).toString('hex')}`;
  const secret = randomBytes(12).toString('hex');
  const account = `'${reader}'@'%'`;
  await admin.query(`CREATE USER ${account} IDENTIFIED BY '${secret}'`);
  for (const view of views) await admin.query(`GRANT SELECT ON \`${schema.name}\`.${view} TO ${account}`);
  return {
    source: { address: { host, port, user: reader, password: secret }, schema: schema.name },
    admin,
    account,
    async close() {
      await admin.query(`DROP USER IF EXISTS ${account}`);
      await admin.end();
      await schema.drop();
    },
  };
}
