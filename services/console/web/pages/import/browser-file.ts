import type { FileSource } from '../../../../kernel/import/row.ts';
import { Sha256 } from '../../../../kernel/import/sha256.ts';

/** Read at once: the page stays alive between two pieces. */
const PIECE_BYTES = 256 * 1024;

/** A file of the reader's, in pieces: it is never held whole. */
export const browserFile = (file: File): FileSource => ({
  name: file.name,
  sizeBytes: file.size,
  async *read(from, to) {
    const end = Math.min(to, file.size);
    for (let at = from; at < end; at += PIECE_BYTES) {
      const piece = file.slice(at, Math.min(at + PIECE_BYTES, end));
      yield new Uint8Array(await piece.arrayBuffer());
    }
  },
  inflate,
});

async function* inflate(deflated: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  const pieces = deflated[Symbol.asyncIterator]();
  const packed = new ReadableStream<Uint8Array<ArrayBuffer>>({
    async pull(controller) {
      const next = await pieces.next();
      if (next.done) controller.close();
      else controller.enqueue(next.value as Uint8Array<ArrayBuffer>);
    },
  });
  const reader = packed.pipeThrough(new DecompressionStream('deflate-raw')).getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield value;
    }
  } finally {
    void reader.cancel().catch(() => undefined);
  }
}

/** SHA-256 of the content, hexadecimal. @param onShare told how far it is, 0–1 */
export async function contentHash(
  source: FileSource,
  onShare: (share: number) => void,
): Promise<string> {
  const hash = new Sha256();
  let bytes = 0;
  for await (const piece of source.read(0, source.sizeBytes)) {
    hash.update(piece);
    onShare((bytes += piece.length) / source.sizeBytes);
  }
  return hash.hex();
}
