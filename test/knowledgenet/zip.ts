/** A zip writer that can lie, for hostile workbooks. */
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { crc32 } from '../../data/knowledgenet/files/workbook/crc32.js';

export interface ZipEntry {
  readonly name: string;
  readonly content: Buffer;
  /** Claimed unpacked size, in both headers. */
  readonly claimedSize?: number;
  readonly claimedCrc?: number;
  /** General purpose flags; 1 = encrypted. */
  readonly flags?: number;
}

function header(entry: ZipEntry, packed: Buffer, central: boolean, offset: number): Buffer {
  const name = Buffer.from(entry.name);
  const fields = Buffer.alloc(central ? 46 : 30);
  const at = central ? 2 : 0;
  fields.writeUInt32LE(central ? 0x02014b50 : 0x04034b50, 0);
  fields.writeUInt16LE(20, 4);
  fields.writeUInt16LE(entry.flags ?? 0, 6 + at);
  if (central) fields.writeUInt16LE(20, 6);
  fields.writeUInt16LE(8, 8 + at);
  fields.writeUInt32LE(entry.claimedCrc ?? crc32(entry.content), 14 + at);
  fields.writeUInt32LE(packed.length, 18 + at);
  fields.writeUInt32LE(entry.claimedSize ?? entry.content.length, 22 + at);
  fields.writeUInt16LE(name.length, 26 + at);
  if (central) fields.writeUInt32LE(offset, 42);
  return Buffer.concat([fields, name]);
}

export function zip(entries: readonly ZipEntry[]): Buffer {
  const local: Buffer[] = [];
  const central: Buffer[] = [];
  let offset = 0;
  for (const entry of entries) {
    const packed = deflateRawSync(entry.content, { level: 9 });
    const start = Buffer.concat([header(entry, packed, false, 0), packed]);
    local.push(start);
    central.push(header(entry, packed, true, offset));
    offset += start.length;
  }
  const directory = Buffer.concat(central);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(entries.length, 8);
  end.writeUInt16LE(entries.length, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...local, directory, end]);
}

/** The entries of a well-behaved archive. */
export function unzip(bytes: Buffer): ZipEntry[] {
  const end = bytes.lastIndexOf(Buffer.from('PK\u0005\u0006', 'latin1'));
  const entries: ZipEntry[] = [];
  let at = bytes.readUInt32LE(end + 16);
  for (let left = bytes.readUInt16LE(end + 10); left > 0; left--) {
    const method = bytes.readUInt16LE(at + 10);
    const packedSize = bytes.readUInt32LE(at + 20);
    const nameLength = bytes.readUInt16LE(at + 28);
    const offset = bytes.readUInt32LE(at + 42);
    const from = offset + 30 + bytes.readUInt16LE(offset + 26) + bytes.readUInt16LE(offset + 28);
    const packed = bytes.subarray(from, from + packedSize);
    entries.push({
      name: bytes.toString('utf8', at + 46, at + 46 + nameLength),
      content: method === 8 ? inflateRawSync(packed) : Buffer.from(packed),
    });
    at += 46 + nameLength + bytes.readUInt16LE(at + 30) + bytes.readUInt16LE(at + 32);
  }
  return entries;
}

/** The same archive with some parts changed; an unknown name is added. A change that changes nothing is a mistake. */
export function withParts(bytes: Buffer, changes: Record<string, (content: Buffer) => Buffer>): Buffer {
  const entries = new Map(unzip(bytes).map((entry) => [entry.name, entry.content]));
  for (const [name, change] of Object.entries(changes)) {
    const before = entries.get(name) ?? Buffer.alloc(0);
    const after = change(before);
    if (after.equals(before)) throw new Error(`Nothing was changed in ${name}.`);
    entries.set(name, after);
  }
  return zip([...entries].map(([name, content]) => ({ name, content })));
}
