/**
 * A workbook's zip archive, unpacked by us under limits, so that the spreadsheet library never sees a compressed
 * byte: what headers claim is checked, what inflating gives is counted, and each entry's checksum is compared.
 */
import { fromBufferPromise, type Entry, type ZipFile } from 'yauzl';
import { RolloverError } from '../../../model/errors.js';
import { crc32 } from './crc32.js';
import type { SourceLimits } from '../limits.js';
import { looksZipped } from '../source-file.js';

/** Entry name → unpacked bytes. Entries that nobody reads are checked and dropped. */
export type Archive = ReadonlyMap<string, Buffer>;

const COMPOUND_FILE = Buffer.from('d0cf11e0a1b11ae1', 'hex');
/** The stream in which an OLE compound file holds a workbook with a password (MS-OFFCRYPTO 2.3.4.4). */
const ENCRYPTED_PACKAGE = Buffer.from('EncryptedPackage', 'utf16le');

function refuseWrongType(bytes: Buffer): void {
  if (bytes.subarray(0, COMPOUND_FILE.length).equals(COMPOUND_FILE)) {
    if (bytes.includes(ENCRYPTED_PACKAGE))
      throw new RolloverError('SourceEncrypted', 'The workbook is protected by a password.');
    throw new RolloverError('SourceUnreadable', 'This is an old Excel workbook (.xls), not XLSX or ODS.');
  }
  if (!looksZipped(bytes))
    throw new RolloverError('SourceUnreadable', 'This is neither an XLSX nor an ODS workbook.');
}

function tooLarge(what: string, limit: number): RolloverError {
  return new RolloverError('SourceTooLarge', `The workbook has too many ${what}; the limit is ${limit}.`, {
    limit,
  });
}

async function listEntries(zip: ZipFile, limits: SourceLimits): Promise<Entry[]> {
  if (zip.entryCount > limits.entries) throw tooLarge('parts', limits.entries);
  const entries: Entry[] = [];
  const names = new Set<string>();
  for await (const entry of zip.eachEntry()) {
    if (entry.isEncrypted())
      throw new RolloverError('SourceEncrypted', 'The workbook is protected by a password.');
    const name = entry.fileName.toLowerCase();
    if (names.has(name))
      throw new RolloverError('SourceUnreadable', 'The workbook holds the same part twice.');
    names.add(name);
    entries.push(entry);
  }
  return entries;
}

/** Refuses by what the central directory claims, before anything is inflated. */
function refuseClaims(entries: readonly Entry[], allowed: number): void {
  const claimed = entries.reduce((sum, entry) => sum + entry.uncompressedSize, 0);
  if (claimed > allowed) throw tooLarge('bytes when unpacked', allowed);
}

async function inflate(zip: ZipFile, entry: Entry, allowed: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of await zip.openReadStreamPromise(entry)) {
    const bytes = chunk as Buffer;
    size += bytes.length;
    if (size > allowed) throw tooLarge('bytes when unpacked', allowed);
    chunks.push(bytes);
  }
  const content = Buffer.concat(chunks, size);
  if (crc32(content) !== entry.crc32 >>> 0)
    throw new RolloverError('SourceUnreadable', 'The workbook is damaged: a checksum is wrong.');
  return content;
}

/**
 * Unpacks a workbook.
 *
 * @param wanted Which entries are kept; all are checked.
 * @throws RolloverError SourceEncrypted, SourceTooLarge, SourceUnreadable
 */
export async function unpack(
  bytes: Buffer,
  limits: SourceLimits,
  wanted: (name: string) => boolean,
): Promise<Archive> {
  refuseWrongType(bytes);
  const allowed = Math.min(limits.unpackedBytes, bytes.length * limits.ratio);
  try {
    const zip = await fromBufferPromise(bytes, { lazyEntries: true, validateEntrySizes: true });
    const entries = await listEntries(zip, limits);
    refuseClaims(entries, allowed);
    const archive = new Map<string, Buffer>();
    let left = allowed;
    for (const entry of entries) {
      const content = await inflate(zip, entry, left);
      left -= content.length;
      if (wanted(entry.fileName)) archive.set(entry.fileName, content);
    }
    return archive;
  } catch (error) {
    if (error instanceof RolloverError) throw error;
    throw new RolloverError('SourceUnreadable', 'The workbook is damaged or cut off.', {}, { cause: error });
  }
}
