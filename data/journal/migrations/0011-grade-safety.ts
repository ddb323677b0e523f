/** Counts and checksums of grades and work around each apply. */
const table = 'ENGINE=InnoDB ROW_FORMAT=DYNAMIC CHARACTER SET utf8mb4 COLLATE utf8mb4_bin';

export const gradeSafety: readonly string[] = [
  // People and courses of a plan that were in Moodle before it.
  `CREATE TABLE IF NOT EXISTS grade_scope (
    plan_id BIGINT UNSIGNED NOT NULL,
    kind VARCHAR(8) NOT NULL,
    moodle_id BIGINT UNSIGNED NOT NULL,
    PRIMARY KEY (plan_id, kind, moodle_id)) ${table}`,
  // One row per attempt to look; the one that counts is named by grade_safety.
  `CREATE TABLE IF NOT EXISTS grade_look (
    id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
    plan_id BIGINT UNSIGNED NOT NULL,
    moment VARCHAR(8) NOT NULL,
    begun_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
    KEY plan (plan_id)) ${table}`,
  // A person's rows of one table in one course; deleted when they have been compared.
  `CREATE TABLE IF NOT EXISTS grade_group (
    look_id BIGINT UNSIGNED NOT NULL,
    source SMALLINT UNSIGNED NOT NULL,
    user_id BIGINT UNSIGNED NOT NULL,
    course_id BIGINT UNSIGNED NOT NULL,
    row_count INT UNSIGNED NOT NULL,
    value_count INT UNSIGNED NOT NULL,
    checksum BIGINT UNSIGNED NOT NULL,
    members MEDIUMTEXT CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    PRIMARY KEY (look_id, source, user_id, course_id)) ${table}`,
  // Its insert ends the look before: the first one stands. watched: the tables as JSON, by which the look after is made.
  `CREATE TABLE IF NOT EXISTS grade_safety (
    plan_id BIGINT UNSIGNED NOT NULL PRIMARY KEY,
    target_id INT UNSIGNED NOT NULL,
    look_id BIGINT UNSIGNED NOT NULL,
    watched MEDIUMTEXT NOT NULL,
    unread TEXT NOT NULL,
    people INT UNSIGNED NOT NULL,
    courses INT UNSIGNED NOT NULL,
    since BIGINT UNSIGNED NOT NULL,
    totals_before TEXT NOT NULL,
    before_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
    totals_after TEXT NULL,
    losses INT UNSIGNED NULL,
    others INT UNSIGNED NULL,
    after_at DATETIME(3) NULL) ${table}`,
  // Moodle's ids only; names are looked up when somebody reads the report.
  `CREATE TABLE IF NOT EXISTS grade_difference (
    plan_id BIGINT UNSIGNED NOT NULL,
    ordinal INT UNSIGNED NOT NULL,
    is_loss TINYINT NOT NULL,
    user_id BIGINT UNSIGNED NOT NULL,
    course_id BIGINT UNSIGNED NOT NULL,
    course VARCHAR(255) NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (plan_id, ordinal)) ${table}`,
];
