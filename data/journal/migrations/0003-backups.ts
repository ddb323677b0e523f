/** Dumps of Moodle's database: made by us or named by a person. */
const table = 'ENGINE=InnoDB ROW_FORMAT=DYNAMIC CHARACTER SET utf8mb4 COLLATE utf8mb4_bin';

export const backups: readonly string[] = [
  // A row appears when the dump is whole; a dump that failed leaves none. row_counts: gzip of JSON, table → rows.
  `CREATE TABLE IF NOT EXISTS moodle_dump (
    id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
    target_id INT UNSIGNED NOT NULL,
    kind VARCHAR(16) NOT NULL,
    file VARCHAR(1000) NULL,
    statement VARCHAR(255) NULL,
    bytes BIGINT UNSIGNED NULL,
    sha256 CHAR(64) NULL,
    moodle_database VARCHAR(64) NULL,
    server_version VARCHAR(100) NULL,
    row_counts MEDIUMBLOB NULL,
    taken_at DATETIME(3) NOT NULL,
    finished_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
    made_by VARCHAR(64) NOT NULL,
    verified_at DATETIME(3) NULL,
    verified_how VARCHAR(16) NULL,
    damaged_at DATETIME(3) NULL,
    deleted_at DATETIME(3) NULL,
    deleted_by VARCHAR(64) NULL,
    KEY target (target_id, taken_at)) ${table}`,
];
