/** Who was told what and when, and whether Moodle's lists were renewed after a run. */
const table = 'ENGINE=InnoDB ROW_FORMAT=DYNAMIC CHARACTER SET utf8mb4 COLLATE utf8mb4_bin';

export const notifications: readonly string[] = [
  // One row per message that was sent: telling again sends only what is missing. Channels carry no address.
  `CREATE TABLE IF NOT EXISTS notice_sent (
    run_id BIGINT UNSIGNED NOT NULL,
    event VARCHAR(64) NOT NULL,
    channel VARCHAR(64) NOT NULL,
    sent_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
    PRIMARY KEY (run_id, event, channel)) ${table}`,
  // Whether people see what a run made; written before Moodle is asked, so that a crash leaves the careful answer.
  `CREATE TABLE IF NOT EXISTS shown (
    run_id BIGINT UNSIGNED NOT NULL PRIMARY KEY,
    plan_id BIGINT UNSIGNED NOT NULL,
    visibility VARCHAR(16) NOT NULL,
    reason VARCHAR(32) NULL,
    changed_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3)) ${table}`,
];
