import type { FileSource } from '../../services/kernel/import/row.ts';
import { inflate } from '../../services/platform/import/inflate.ts';

/** A file in memory that is read in pieces of an odd size, so that what lies across two of them is met. */
export function memoryFile(name: string, content: string | Uint8Array, pieceBytes = 7): FileSource {
  const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
  return {
    name,
    sizeBytes: bytes.length,
    async *read(from, to) {
      for (let at = from; at < Math.min(to, bytes.length); at += pieceBytes)
        yield bytes.subarray(at, Math.min(at + pieceBytes, to, bytes.length));
    },
    inflate,
  };
}
