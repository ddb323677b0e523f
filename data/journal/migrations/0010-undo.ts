/** What was taken back, and what of it may be planned again. */
const text = 'CHARACTER SET utf8mb4 COLLATE utf8mb4_bin';
const table = `ENGINE=InnoDB ROW_FORMAT=DYNAMIC ${text}`;

export const undo: readonly string[] = [
  // Which changes a change of an undo's plan takes back.
  `CREATE TABLE IF NOT EXISTS undo_of (
    plan_id BIGINT UNSIGNED NOT NULL,
    seq INT UNSIGNED NOT NULL,
    of_plan_id BIGINT UNSIGNED NOT NULL,
    of_seq INT UNSIGNED NOT NULL,
    PRIMARY KEY (plan_id, seq, of_plan_id, of_seq),
    KEY taken_back (of_plan_id, of_seq)) ${table}`,
  // What a person wants back; a person's or class's External ID stays here.
  `CREATE TABLE IF NOT EXISTS undo_wish (
    id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
    target_id INT UNSIGNED NOT NULL,
    undone_run_id BIGINT UNSIGNED NOT NULL,
    kind VARCHAR(16) NOT NULL,
    subject VARCHAR(255) NOT NULL,
    wished_by VARCHAR(64) NOT NULL,
    wished_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3)) ${table}`,
  // Inserted in the transaction that takes something back: it is not planned again until a person releases it.
  `CREATE TABLE IF NOT EXISTS undone (
    target_id INT UNSIGNED NOT NULL,
    kind VARCHAR(16) NOT NULL,
    external_id VARCHAR(255) NOT NULL,
    second_id VARCHAR(255) NOT NULL DEFAULT '',
    run_id BIGINT UNSIGNED NOT NULL,
    plan_id BIGINT UNSIGNED NOT NULL,
    seq INT UNSIGNED NOT NULL,
    since DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
    released_by VARCHAR(64) NULL,
    released_at DATETIME(3) NULL,
    PRIMARY KEY (target_id, kind, external_id, second_id, plan_id, seq),
    KEY of_plan (target_id, plan_id, seq)) ${table}`,
];
