/** What was deleted after its time, and who asked that a person be forgotten. */
const table = 'ENGINE=InnoDB ROW_FORMAT=DYNAMIC CHARACTER SET utf8mb4 COLLATE utf8mb4_bin';

export const privacy: readonly string[] = [
  // Uploads, snapshots and plans whose personal content is gone; written before the first row is deleted.
  `CREATE TABLE IF NOT EXISTS purged (
    target_id INT UNSIGNED NOT NULL,
    kind VARCHAR(16) NOT NULL,
    subject_id BIGINT UNSIGNED NOT NULL,
    reason VARCHAR(16) NOT NULL,
    begun_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
    ended_at DATETIME(3) NULL,
    PRIMARY KEY (target_id, kind, subject_id)) ${table}`,
  // Snapshots whose hash no longer covers what is kept of them.
  `CREATE TABLE IF NOT EXISTS altered_snapshot (
    snapshot_id BIGINT UNSIGNED NOT NULL PRIMARY KEY,
    altered_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3)) ${table}`,
  // The person stands here only as a salted hash: enough to answer "was this one forgotten?", not to list whom.
  `CREATE TABLE IF NOT EXISTS forgotten (
    id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
    target_id INT UNSIGNED NOT NULL,
    salt CHAR(32) NOT NULL,
    person_hash CHAR(64) NOT NULL,
    account VARCHAR(64) NOT NULL,
    counts TEXT NOT NULL,
    forgotten_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
    KEY target (target_id, id)) ${table}`,
];
