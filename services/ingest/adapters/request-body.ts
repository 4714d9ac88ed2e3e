import type { IncomingMessage } from 'node:http';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { TidemarkError } from '../../kernel/errors.ts';
import { parseStrictJson } from '../../kernel/exact-json.ts';
import { LIMITS } from '../core/limits.ts';

/** Memory that requests may take together; a request that would pass it is refused, never queued. */
export type ByteBudget = {
  /** @throws overloaded */
  readonly take: (bytes: number) => void;
  readonly give: (bytes: number) => void;
};

export function byteBudget(bytesMax: number, onChange: (bytes: number) => void): ByteBudget {
  let taken = 0;
  const change = (by: number): void => {
    taken += by;
    onChange(taken);
  };
  return {
    take(bytes) {
      if (taken + bytes > bytesMax)
        throw new TidemarkError(
          'overloaded',
          `requests of more than ${bytesMax} bytes are in work`,
        );
      change(bytes);
    },
    give: (bytes) => change(-bytes),
  };
}

const tooLarge = (): TidemarkError =>
  new TidemarkError(
    'too_large',
    `the body exceeds ${LIMITS.bodyBytesMax} bytes after decompression`,
  );
const inflate = promisify(gunzip);

/**
 * The body of a request, decompressed; never more than its limit is held, nor inflated.
 * @param budget what it takes stays taken until `done` is called, whatever happens
 * @throws too_large, unsupported_media_type (encoding), not_parseable (damaged gzip, broken off), overloaded
 */
export function readBody(
  request: IncomingMessage,
  budget: ByteBudget,
): { readonly bytes: Promise<Buffer>; readonly done: () => void } {
  let taken = 0;
  const take = (bytes: number): void => {
    budget.take(bytes);
    taken += bytes;
  };
  const read = async (): Promise<Buffer> => {
    const encoding = (request.headers['content-encoding'] ?? 'identity').trim().toLowerCase();
    if (!['identity', 'gzip', 'x-gzip'].includes(encoding))
      throw new TidemarkError(
        'unsupported_media_type',
        `content encoding ${encoding} is not accepted: send gzip or none`,
      );
    const raw = await readRaw(request, take);
    if (encoding === 'identity') return raw;
    take(LIMITS.bodyBytesMax);
    return gunzipped(raw);
  };
  return {
    bytes: read(),
    done() {
      budget.give(taken);
      taken = 0;
    },
  };
}

async function readRaw(request: IncomingMessage, take: (bytes: number) => void): Promise<Buffer> {
  if (Number(request.headers['content-length'] ?? 0) > LIMITS.bodyBytesMax) throw tooLarge();
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    // Leaving the loop must not destroy the connection that the answer goes over.
    for await (const chunk of request.iterator({ destroyOnReturn: false })) {
      length += (chunk as Buffer).length;
      if (length > LIMITS.bodyBytesMax) throw tooLarge();
      take((chunk as Buffer).length);
      chunks.push(chunk as Buffer);
    }
  } catch (cause) {
    if (cause instanceof TidemarkError) throw cause;
    throw new TidemarkError('not_parseable', 'the request broke off before its body was complete', {
      cause,
    });
  }
  return Buffer.concat(chunks);
}

async function gunzipped(raw: Buffer): Promise<Buffer> {
  try {
    return await inflate(raw, { maxOutputLength: LIMITS.bodyBytesMax });
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') throw tooLarge();
    throw new TidemarkError('not_parseable', `the body is no gzip: ${(cause as Error).message}`, {
      cause,
    });
  }
}

/** JSON with numbers as they are written. @throws not_parseable: no UTF-8, no JSON, nested too deep, or a name twice in an object */
export function parseBody(bytes: Buffer): unknown {
  try {
    return parseStrictJson(bytes, LIMITS.nestingMax);
  } catch (cause) {
    throw new TidemarkError('not_parseable', `the body is no JSON: ${(cause as Error).message}`, {
      cause,
    });
  }
}
