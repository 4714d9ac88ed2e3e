import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { SIGN_EVERY_MS } from '../../../../../services/console/core/stream-events.ts';
import { connection } from '../../../../../services/console/web/data/live.ts';
import { followStream } from '../../../../../services/console/web/data/stream.ts';

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal('navigator', { languages: ['en-GB'] });
  vi.stubGlobal('sessionStorage', { getItem: () => null });
  vi.stubGlobal('addEventListener', () => {});
  vi.stubGlobal('removeEventListener', () => {});
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test('a server that says nothing for as long as four signs is called lost', async () => {
  const servers: ReadableStreamDefaultController<Uint8Array>[] = [];
  vi.stubGlobal('fetch', (_path: string, { signal }: RequestInit) => {
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        servers.push(controller);
        signal?.addEventListener('abort', () => controller.error(signal.reason));
      },
    });
    return Promise.resolve(new Response(body));
  });
  const sign = new TextEncoder().encode(': keep-alive\n\n');
  void followStream();
  for (let i = 0; i < 5; i++) {
    await vi.advanceTimersByTimeAsync(SIGN_EVERY_MS);
    servers[0]?.enqueue(sign);
  }
  await vi.advanceTimersByTimeAsync(4 * SIGN_EVERY_MS - 1);
  expect(connection.value.state).toBe('live');
  await vi.advanceTimersByTimeAsync(1);
  expect(connection.value.state).toBe('lost');
  expect(4 * SIGN_EVERY_MS).toBeLessThan(10_000);
});
