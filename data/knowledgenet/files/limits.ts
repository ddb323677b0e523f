/** What a source file may cost. Uploads are hostile until proved otherwise. */
export interface SourceLimits {
  /** All files of one upload together. */
  readonly fileBytes: number;
  /** All entries of a workbook, unpacked; nothing of it is believed from headers. */
  readonly unpackedBytes: number;
  /** Unpacked divided by packed size of a whole workbook. */
  readonly ratio: number;
  /** Entries of a workbook's archive. */
  readonly entries: number;
  /** Cells of all sheets, blank ones that the file spells out included. */
  readonly cells: number;
  /** Rows that hold anything, per sheet. */
  readonly rows: number;
  /** From the start of the thread to its last answer. */
  readonly milliseconds: number;
  /** Heap of the thread. */
  readonly heapMegabytes: number;
}

/** Enough for a workbook of 50,000 people in ten classes each, with room to spare. */
export const defaultLimits: SourceLimits = {
  fileBytes: 64 * 1024 * 1024,
  unpackedBytes: 512 * 1024 * 1024,
  ratio: 100,
  entries: 2_000,
  cells: 5_000_000,
  rows: 200_000,
  milliseconds: 120_000,
  heapMegabytes: 2_048,
};
