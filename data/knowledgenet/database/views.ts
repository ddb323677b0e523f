/** The views that KnowledgeNET's database is read by. docs/knowledgenet-database.md describes them for who makes them. */

export const viewNames = [
  'kn_group_types',
  'kn_groups',
  'kn_memberships',
  'kn_users',
  'kn_provisioning_rules',
] as const;
export type ViewName = (typeof viewNames)[number];

/** The key that every view is read by: a whole number, each once, never NULL. */
export const KEY_COLUMN = 'id';

/** Columns besides the key. All have to be there; what a school has not is NULL in its view. */
export const viewColumns = {
  kn_group_types: ['name'],
  kn_groups: ['external_id', 'name', 'group_type', 'sms_controlled', 'moodle_provisioning'],
  kn_memberships: ['person_external_id', 'group_external_id'],
  kn_users: [
    'user_type',
    'external_id',
    'nsn',
    'title',
    'surname',
    'first_name',
    'year_level',
    'user_id',
    'email_address',
    'disable_user',
    'lock_account',
  ],
  kn_provisioning_rules: [
    'name',
    'user_type',
    'year_level',
    'member_of_group',
    'target_group',
    'apply_to_existing_users',
  ],
} as const satisfies Readonly<Record<ViewName, readonly string[]>>;

/** Rows per view. */
export type ViewCounts = Readonly<Record<ViewName, number>>;
