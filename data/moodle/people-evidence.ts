/** What Moodle has on people besides their accounts: profile fields, and which accounts were merged. Evidence for links. */
import type { Knex } from 'knex';
import { RolloverError } from '../model/errors.js';
import type { MoodleSite } from './site.js';
import { selectMerges } from './sql/merge.js';
import { selectProfileFields, selectProfileValuePage, type ProfileValueRow } from './sql/profile-field.js';

/** Rows of one page. */
const PAGE = 20_000;

const denied = new Set(['ER_TABLEACCESS_DENIED_ERROR', 'ER_COLUMNACCESS_DENIED_ERROR']);
const notForUs = new Set([...denied, 'ER_NO_SUCH_TABLE', 'ER_BAD_FIELD_ERROR']);

function codeOf(error: unknown): string {
  return (error as { readonly code?: string }).code ?? '';
}

/**
 * Moodle id of a user → what stands in the profile field of this short name. Only what is filled in is read.
 *
 * @throws RolloverError SettingsInvalid: there is no such field; MoodlePrivileges
 */
export async function readProfileField(
  db: Knex,
  site: MoodleSite,
  shortname: string,
): Promise<Map<number, string>> {
  try {
    const [fieldId] = await selectProfileFields(db, site, shortname);
    if (fieldId === undefined)
      throw new RolloverError(
        'SettingsInvalid',
        `Moodle has no profile field with the short name "${shortname}" (setting users.nsnField).`,
      );
    return await readValues(db, site, fieldId);
  } catch (error) {
    if (!denied.has(codeOf(error))) throw error;
    throw new RolloverError(
      'MoodlePrivileges',
      'The setting users.nsnField needs SELECT on user_info_field and user_info_data.',
      {},
      { cause: error },
    );
  }
}

async function readValues(db: Knex, site: MoodleSite, fieldId: number): Promise<Map<number, string>> {
  const values = new Map<number, string>();
  for (let after = 0; ;) {
    const page: ProfileValueRow[] = await selectProfileValuePage(db, site, fieldId, after, PAGE);
    for (const { userid, data } of page) values.set(userid, data.trim());
    const last = page.at(-1);
    if (last === undefined || page.length < PAGE) return values;
    after = last.id;
  }
}

/** Account that was merged away → the one that goes on, where a merge tool says so and we may read it. */
export async function readMerges(db: Knex, site: MoodleSite): Promise<Map<number, number>> {
  try {
    const rows = await selectMerges(db, site);
    return new Map(rows.map(({ fromUserId, toUserId }) => [fromUserId, toUserId]));
  } catch (error) {
    if (notForUs.has(codeOf(error))) return new Map();
    throw error;
  }
}
