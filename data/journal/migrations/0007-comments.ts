/** Comments on a run that belong to no decision. */
const table = 'ENGINE=InnoDB ROW_FORMAT=DYNAMIC CHARACTER SET utf8mb4 COLLATE utf8mb4_bin';

export const comments: readonly string[] = [
  `CREATE TABLE IF NOT EXISTS run_comment (
    comment_id BIGINT UNSIGNED NOT NULL PRIMARY KEY,
    run_id BIGINT UNSIGNED NOT NULL,
    KEY run (run_id)) ${table}`,
];
