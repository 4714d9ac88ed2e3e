import { createDeflateRaw, crc32 } from 'node:zlib';

/** A file of an archive: its path there, and its text in pieces, made while they are compressed. */
export type ZipEntry = {
  readonly path: string;
  readonly text: AsyncIterable<string> | Iterable<string>;
};

const LOCAL_HEADER = 0x04034b50;
const CENTRAL_HEADER = 0x02014b50;
const END = 0x06054b50;
const VERSION = 20;
/** Names are UTF-8. */
const FLAGS = 0x0800;
const DEFLATED = 8;
/** 1980-01-01: the same content is the same file. */
const DATE = 0x0021;
/** Larger ones would need ZIP64. */
const BYTES_MAX = 0xffff_ffff;

/**
 * An archive in memory, deflated. Compression works beside the process, piece by piece, so that neither the text nor the
 * time for it is taken at once.
 * @throws RangeError beyond 4 GiB
 * @see https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT
 */
export async function zipArchive(entries: readonly ZipEntry[]): Promise<Buffer> {
  const out: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const { path, text } of entries) {
    const name = Buffer.from(path);
    const { crc, size, chunks } = await deflated(text);
    const packed = Buffer.concat(chunks);
    if (Math.max(size, offset) > BYTES_MAX) throw new RangeError(`${path} is too large to be kept`);
    const about = Buffer.alloc(26);
    about.writeUInt16LE(VERSION, 0);
    about.writeUInt16LE(FLAGS, 2);
    about.writeUInt16LE(DEFLATED, 4);
    about.writeUInt16LE(DATE, 8);
    about.writeUInt32LE(crc, 10);
    about.writeUInt32LE(packed.length, 14);
    about.writeUInt32LE(size, 18);
    about.writeUInt16LE(name.length, 22);
    out.push(signature(LOCAL_HEADER), about, name, packed);
    const place = Buffer.alloc(14);
    place.writeUInt32LE(offset, 10);
    const version = Buffer.from([VERSION, 0]);
    directory.push(signature(CENTRAL_HEADER), version, about, place, name);
    offset += 4 + about.length + name.length + packed.length;
  }
  const listing = Buffer.concat(directory);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(entries.length, 4);
  end.writeUInt16LE(entries.length, 6);
  end.writeUInt32LE(listing.length, 8);
  end.writeUInt32LE(offset, 12);
  return Buffer.concat([...out, listing, signature(END), end]);
}

const signature = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
};

async function deflated(
  text: ZipEntry['text'],
): Promise<{ crc: number; size: number; chunks: readonly Buffer[] }> {
  const deflate = createDeflateRaw();
  const chunks: Buffer[] = [];
  const done = new Promise<void>((resolve, reject) => {
    deflate.on('data', (chunk: Buffer) => chunks.push(chunk));
    deflate.on('end', resolve);
    deflate.on('error', reject);
  });
  let crc = 0;
  let size = 0;
  try {
    for await (const piece of text) {
      const bytes = Buffer.from(piece);
      crc = crc32(bytes, crc);
      size += bytes.length;
      if (!deflate.write(bytes))
        await new Promise<void>((resolve) => deflate.once('drain', resolve));
    }
    deflate.end();
    await done;
  } catch (error) {
    deflate.destroy();
    throw error;
  }
  return { crc, size, chunks };
}
