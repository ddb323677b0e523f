/** What a plan is for, and what is suspended or hidden by our doing. */
const text = 'CHARACTER SET utf8mb4 COLLATE utf8mb4_bin';
const table = `ENGINE=InnoDB ROW_FORMAT=DYNAMIC ${text}`;

export const removals: readonly string[] = [
  // Plans without a row here are for applying.
  `CREATE TABLE IF NOT EXISTS plan_purpose (
    plan_id BIGINT UNSIGNED NOT NULL PRIMARY KEY,
    purpose VARCHAR(16) NOT NULL,
    undone_run_id BIGINT UNSIGNED NULL,
    scope VARCHAR(300) NULL) ${table}`,
  // Inserted in the transaction that suspends or hides; deleted in the one that takes it back.
  `CREATE TABLE IF NOT EXISTS withdrawn (
    target_id INT UNSIGNED NOT NULL,
    kind VARCHAR(16) NOT NULL,
    external_id VARCHAR(255) NOT NULL,
    second_id VARCHAR(255) NOT NULL DEFAULT '',
    moodle_id BIGINT UNSIGNED NOT NULL,
    plan_id BIGINT UNSIGNED NOT NULL,
    seq INT UNSIGNED NOT NULL,
    since DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
    PRIMARY KEY (target_id, kind, external_id, second_id),
    KEY moodle (target_id, kind, moodle_id)) ${table}`,
];
