/** Proposals about identities, and Moodles restored from a backup. */
const table = 'ENGINE=InnoDB ROW_FORMAT=DYNAMIC CHARACTER SET utf8mb4 COLLATE utf8mb4_bin';

export const identity: readonly string[] = [
  // One row per confirmed relinking; the workflow's id makes a repeated step find what it did before.
  `CREATE TABLE IF NOT EXISTS relinking (
    id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
    target_id INT UNSIGNED NOT NULL,
    workflow_id VARCHAR(255) NOT NULL,
    hash CHAR(64) NOT NULL,
    counts TEXT NOT NULL,
    site_before VARCHAR(255) NULL,
    site_after VARCHAR(255) NULL,
    account VARCHAR(64) NOT NULL,
    relinked_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
    UNIQUE KEY workflow (target_id, workflow_id)) ${table}`,
  // Provenance that was given up: what was ours once, why it is not any more, and who said so.
  `CREATE TABLE IF NOT EXISTS managed_history (
    id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
    target_id INT UNSIGNED NOT NULL,
    kind VARCHAR(16) NOT NULL,
    external_id VARCHAR(255) NOT NULL,
    second_id VARCHAR(255) NOT NULL DEFAULT '',
    moodle_id BIGINT UNSIGNED NOT NULL,
    origin VARCHAR(8) NOT NULL,
    natural_key VARCHAR(255) NOT NULL,
    natural_number BIGINT UNSIGNED NOT NULL,
    parent_id BIGINT UNSIGNED NOT NULL DEFAULT 0,
    plan_id BIGINT UNSIGNED NOT NULL,
    seq INT UNSIGNED NOT NULL,
    reason VARCHAR(16) NOT NULL,
    account VARCHAR(64) NOT NULL,
    given_up_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
    KEY row_of (target_id, kind, external_id)) ${table}`,
];
