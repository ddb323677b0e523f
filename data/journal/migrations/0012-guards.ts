/** Which readings have been believed: Moodle has everything of them, by somebody's word or within the guards. */
const text = 'CHARACTER SET utf8mb4 COLLATE utf8mb4_bin';
const table = `ENGINE=InnoDB ROW_FORMAT=DYNAMIC ${text}`;

export const guards: readonly string[] = [
  `CREATE TABLE IF NOT EXISTS believed_reading (
    target_id INT UNSIGNED NOT NULL,
    snapshot_id BIGINT UNSIGNED NOT NULL,
    believed_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
    PRIMARY KEY (target_id, snapshot_id)) ${table}`,
];
