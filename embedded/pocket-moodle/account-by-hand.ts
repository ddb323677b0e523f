/** An account as somebody makes it in Moodle by hand: without an External ID. */
import type { Knex } from 'knex';
import type { PocketMoodle } from '../pocket-moodle.js';

/** Adds the account and its context. It is not linked to anybody: its idnumber is empty. */
export async function addAccountByHand(
  db: Knex,
  where: PocketMoodle,
  person: {
    readonly login: string;
    readonly firstName: string;
    readonly surname: string;
    readonly email: string;
  },
): Promise<void> {
  const now = Math.floor(Date.now() / 1000);
  const table = (name: string) => db.withSchema(where.database).table(`${where.prefix}${name}`);
  const [userId] = await table('user').insert({
    auth: 'manual',
    confirmed: 1,
    mnethostid: 1,
    username: person.login,
    password: 'not cached',
    firstname: person.firstName,
    lastname: person.surname,
    email: person.email,
    timecreated: now,
    timemodified: now,
  });
  const [contextId] = await table('context').insert({ contextlevel: 30, instanceid: userId, depth: 2 });
  await table('context')
    .where('id', contextId)
    .update({ path: `/1/${contextId}` });
}
