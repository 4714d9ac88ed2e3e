import { TidemarkError } from '../errors.ts';
import type { FileSource } from './row.ts';

/** A file within an archive. */
export type ZipEntry = {
  readonly name: string;
  readonly method: number;
  readonly compressedBytes: number;
  readonly at: number;
};

const END_SIGNATURE = 0x06054b50;
const ENTRY_SIGNATURE = 0x02014b50;
const LOCAL_SIGNATURE = 0x04034b50;
const END_BYTES = 22;
const LOCAL_BYTES = 30;
const COMMENT_BYTES_MAX = 65_535;
/** Of the list of what an archive holds; workbooks have some dozens of entries. */
const DIRECTORY_BYTES_MAX = 1024 * 1024;
const STORED = 0;
const DEFLATED = 8;

/**
 * What an archive holds, by its own list: nothing is inflated for it.
 * @throws not_parseable when it is none; too_large when the list is
 * @see PKWARE APPNOTE 6.3.10, sections 4.3.12 and 4.3.16
 */
export async function zipEntries(source: FileSource): Promise<ReadonlyMap<string, ZipEntry>> {
  const from = Math.max(0, source.sizeBytes - END_BYTES - COMMENT_BYTES_MAX);
  const tail = viewOf(await bytesOf(source.read(from, source.sizeBytes)));
  let end = tail.byteLength - END_BYTES;
  while (end >= 0 && tail.getUint32(end, true) !== END_SIGNATURE) end--;
  if (end < 0) throw broken(source, 'it is no workbook: the end of an archive is missing');
  const size = tail.getUint32(end + 12, true);
  const start = tail.getUint32(end + 16, true);
  if (size > DIRECTORY_BYTES_MAX)
    throw new TidemarkError('too_large', `${source.name} holds too many entries`);
  const directory = viewOf(await bytesOf(source.read(start, start + size)));
  const entries = new Map<string, ZipEntry>();
  for (let at = 0; at + 46 <= directory.byteLength;) {
    if (directory.getUint32(at, true) !== ENTRY_SIGNATURE)
      throw broken(source, 'the list of its entries is damaged');
    if (directory.getUint16(at + 8, true) & 1) throw broken(source, 'it is encrypted');
    const lengths = [28, 30, 32].map((offset) => directory.getUint16(at + offset, true));
    const [nameBytes = 0, extraBytes = 0, commentBytes = 0] = lengths;
    if (at + 46 + nameBytes > directory.byteLength)
      throw broken(source, 'the list of its entries is damaged');
    const name = new TextDecoder().decode(
      new Uint8Array(directory.buffer, directory.byteOffset + at + 46, nameBytes),
    );
    entries.set(name, {
      name,
      method: directory.getUint16(at + 10, true),
      compressedBytes: directory.getUint32(at + 20, true),
      at: directory.getUint32(at + 42, true),
    });
    at += 46 + nameBytes + extraBytes + commentBytes;
  }
  return entries;
}

/**
 * The content of an entry as it is inflated, piece by piece.
 * @param bytesMax what may come of it: a small archive can hold a great deal
 * @throws too_large at the first byte beyond; not_parseable when it is damaged
 */
export async function* zipContent(
  source: FileSource,
  entry: ZipEntry,
  bytesMax: number,
): AsyncIterable<Uint8Array> {
  const head = viewOf(await bytesOf(source.read(entry.at, entry.at + LOCAL_BYTES)));
  if (head.byteLength < LOCAL_BYTES || head.getUint32(0, true) !== LOCAL_SIGNATURE)
    throw broken(source, `${entry.name} is not where its list says`);
  if (entry.method !== STORED && entry.method !== DEFLATED)
    throw broken(source, `${entry.name} is compressed by method ${entry.method}`);
  const from = entry.at + LOCAL_BYTES + head.getUint16(26, true) + head.getUint16(28, true);
  const packed = source.read(from, from + entry.compressedBytes);
  let bytes = 0;
  try {
    for await (const part of entry.method === DEFLATED ? source.inflate(packed) : packed) {
      bytes += part.length;
      if (bytes > bytesMax)
        throw new TidemarkError(
          'too_large',
          `${source.name}: ${entry.name} unpacks to more than ${bytesMax / 1024 / 1024} MiB`,
        );
      yield part;
    }
  } catch (error) {
    if (error instanceof TidemarkError) throw error;
    throw broken(source, `${entry.name} is damaged`, error);
  }
}

async function bytesOf(parts: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const all: Uint8Array[] = [];
  for await (const part of parts) all.push(part);
  const bytes = new Uint8Array(all.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of all) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

const viewOf = (bytes: Uint8Array): DataView =>
  new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

const broken = ({ name }: FileSource, what: string, cause?: unknown): TidemarkError =>
  new TidemarkError('not_parseable', `${name}: ${what}`, { cause });
