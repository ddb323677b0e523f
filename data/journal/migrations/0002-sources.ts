/** KN's own provisioning rules beside a reading, and what "nothing to do" is compared by. */
const table = 'ENGINE=InnoDB ROW_FORMAT=DYNAMIC CHARACTER SET utf8mb4 COLLATE utf8mb4_bin';

export const sources: readonly string[] = [
  // Rules stand beside the records of a reading: in no hash, because KN's export contains their effect already.
  `CREATE TABLE IF NOT EXISTS snapshot_rule (
    snapshot_id BIGINT UNSIGNED NOT NULL,
    ordinal INT UNSIGNED NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (snapshot_id, ordinal)) ${table}`,
  // A password is sealed under the id of its row; where New External Id was followed it belongs to the new one.
  `CREATE TABLE IF NOT EXISTS renamed_password (
    upload_id BIGINT UNSIGNED NOT NULL,
    sealed_as VARCHAR(255) NOT NULL,
    external_id VARCHAR(255) NOT NULL,
    PRIMARY KEY (upload_id, sealed_as)) ${table}`,
  // What the last run that left nothing open was computed from: the same inputs again are no work.
  `CREATE TABLE IF NOT EXISTS settled_inputs (
    target_id INT UNSIGNED NOT NULL PRIMARY KEY,
    inputs_hash CHAR(64) NOT NULL,
    snapshot_id BIGINT UNSIGNED NOT NULL,
    source_sha256 CHAR(64) NULL,
    outcome VARCHAR(32) NOT NULL,
    run_id BIGINT UNSIGNED NOT NULL,
    settled_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3)) ${table}`,
];
