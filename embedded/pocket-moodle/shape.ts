/** How a table of the pocket Moodle is written down. */
export interface TableShape {
  /** `name type [not] null [default …]`, in Moodle's order; `id` is the primary key. */
  readonly columns: readonly string[];
  /** Comma-separated columns of each unique key. */
  readonly unique: readonly string[];
  readonly indexes: readonly string[];
}
