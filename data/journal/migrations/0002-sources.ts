/** KN's own provisioning rules beside a reading, and what "nothing to do" is compared by. */
const table = 'ENGINE=InnoDB ROW_FORMAT=DYNAMIC CHARACTER SET utf8mb4 COLLATE utf8mb4_bin';

export const sources: readonly string[] = [
  // Rules stand beside the records of a reading: in no hash, because KN's export contains their effect already.
  `CREATE TABLE IF NOT EXISTS snapshot_rule (
    snapshot_id BIGINT UNSIGNED NOT NULL,
    ordinal INT UNSIGNED NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (snapshot_id, ordinal)) ${table}`,
  // The last run that ended verified with nothing held, failed or in conflict; what its inputs were.
  `CREATE TABLE IF NOT EXISTS clean_state (
    target_id INT UNSIGNED NOT NULL PRIMARY KEY,
    inputs_hash CHAR(64) NOT NULL,
    source_sha256 CHAR(64) NULL,
    run_id BIGINT UNSIGNED NOT NULL,
    compared_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3)) ${table}`,
];
