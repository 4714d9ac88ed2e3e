import { Readable } from 'node:stream';
import { createInflateRaw } from 'node:zlib';

/** Raw deflate undone as it is asked for; who stops asking stops it. Throws what zlib finds wrong. */
export async function* inflate(deflated: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  const inflater = createInflateRaw();
  const input = Readable.from(deflated);
  input.on('error', (error) => inflater.destroy(error));
  input.pipe(inflater);
  try {
    yield* inflater as AsyncIterable<Buffer>;
  } finally {
    input.destroy();
    inflater.destroy();
  }
}
