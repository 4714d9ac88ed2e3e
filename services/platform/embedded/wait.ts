import { connect, createServer } from 'node:net';

const POLL_INTERVAL_MS = 20;
const PROBE_TIMEOUT_MS = 1_000;
const RESPONSE_BYTES_MAX = 1_000_000;

/**
 * Asks until the answer is yes.
 * @returns 'ready'; 'gave_up' after `timeoutMs`; 'stopped' when `isOver` says that no yes can come any more
 */
export async function waitUntil(
  isReady: () => Promise<boolean> | boolean,
  options: { readonly timeoutMs: number; readonly isOver?: () => boolean },
): Promise<'ready' | 'gave_up' | 'stopped'> {
  const deadline = performance.now() + options.timeoutMs;
  for (;;) {
    if (await isReady()) return 'ready';
    if (options.isOver?.()) return 'stopped';
    if (performance.now() > deadline) return 'gave_up';
    await new Promise((resolve) => setTimeout(resolve, POLL_INTERVAL_MS));
  }
}

/** Sends bytes to a local port and reads until `take` finds its answer. @returns undefined when nobody answers */
export function exchange<T>(
  port: number,
  request: Uint8Array,
  take: (response: Buffer) => T | undefined,
): Promise<T | undefined> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port });
    let response = Buffer.alloc(0);
    const finish = (value: T | undefined): void => {
      socket.destroy();
      resolve(value);
    };
    socket.setTimeout(PROBE_TIMEOUT_MS, () => finish(undefined));
    socket.on('error', () => finish(undefined));
    socket.on('close', () => finish(undefined));
    socket.on('connect', () => socket.write(request));
    socket.on('data', (chunk: Buffer) => {
      response = Buffer.concat([response, chunk]);
      const value = take(response);
      if (value !== undefined || response.length > RESPONSE_BYTES_MAX) finish(value);
    });
  });
}

/** @returns whether a server could listen on this port now; the host is the loopback address unless said otherwise */
export function isPortFree(port: number, host = '127.0.0.1'): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ host, port, exclusive: true }, () => server.close(() => resolve(true)));
  });
}
