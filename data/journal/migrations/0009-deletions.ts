/** Lists of what is to be deleted for good, and what became of each. */
const text = 'CHARACTER SET utf8mb4 COLLATE utf8mb4_bin';
const table = `ENGINE=InnoDB ROW_FORMAT=DYNAMIC ${text}`;

export const deletions: readonly string[] = [
  // A list counts once it has its hash. dump_id: the dump that was fresh when it was approved.
  `CREATE TABLE IF NOT EXISTS deletion (
    id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
    target_id INT UNSIGNED NOT NULL,
    run_id BIGINT UNSIGNED NOT NULL,
    snapshot_id BIGINT UNSIGNED NOT NULL,
    counts TEXT NOT NULL,
    setup TEXT NULL,
    hash CHAR(64) NULL,
    verdict VARCHAR(16) NULL,
    dump_id BIGINT UNSIGNED NULL,
    account VARCHAR(64) NULL,
    created_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
    decided_at DATETIME(3) NULL,
    KEY target (target_id, id),
    KEY run (run_id, id)) ${table}`,
  // The cursor of deleting: marked in flight in a committed statement before Moodle is asked.
  `CREATE TABLE IF NOT EXISTS deletion_item (
    deletion_id BIGINT UNSIGNED NOT NULL,
    seq INT UNSIGNED NOT NULL,
    kind VARCHAR(16) NOT NULL,
    external_id VARCHAR(255) NOT NULL,
    second_id VARCHAR(255) NOT NULL DEFAULT '',
    moodle_id BIGINT UNSIGNED NOT NULL,
    natural_key VARCHAR(255) NOT NULL,
    timecreated BIGINT UNSIGNED NOT NULL DEFAULT 0,
    enrol_id BIGINT UNSIGNED NOT NULL DEFAULT 0,
    user_id BIGINT UNSIGNED NOT NULL DEFAULT 0,
    course_id BIGINT UNSIGNED NOT NULL DEFAULT 0,
    since VARCHAR(32) NOT NULL,
    hanging TEXT NOT NULL,
    state VARCHAR(16) NOT NULL DEFAULT 'pending',
    errorcode VARCHAR(80) NULL,
    attempts INT UNSIGNED NOT NULL DEFAULT 0,
    asked_at DATETIME(3) NULL,
    settled_at DATETIME(3) NULL,
    PRIMARY KEY (deletion_id, seq),
    KEY state (deletion_id, state, seq)) ${table}`,
  `CREATE TABLE IF NOT EXISTS deletion_kept (
    deletion_id BIGINT UNSIGNED NOT NULL,
    ordinal INT UNSIGNED NOT NULL,
    kind VARCHAR(16) NOT NULL,
    external_id VARCHAR(255) NOT NULL,
    second_id VARCHAR(255) NOT NULL DEFAULT '',
    moodle_id BIGINT UNSIGNED NOT NULL,
    reason VARCHAR(32) NOT NULL,
    PRIMARY KEY (deletion_id, ordinal)) ${table}`,
];
