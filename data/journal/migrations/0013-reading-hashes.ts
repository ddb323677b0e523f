/** What a reading said before anything was left out of it: the same again need not be judged. */
const text = 'CHARACTER SET utf8mb4 COLLATE utf8mb4_bin';
const table = `ENGINE=InnoDB ROW_FORMAT=DYNAMIC ${text}`;

export const readingHashes: readonly string[] = [
  `CREATE TABLE IF NOT EXISTS reading_hash (
    snapshot_id BIGINT UNSIGNED NOT NULL PRIMARY KEY,
    sha256 CHAR(64) NOT NULL) ${table}`,
];
