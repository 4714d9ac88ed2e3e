import { createServer } from 'node:http';
import type { RequestListener, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { verdictOf } from '../../../../services/alerting/adapters/channels/webhook.ts';
import { openGuardedSocket } from '../../../../services/platform/mail/guarded-socket.ts';
import { addressGuard } from '../../../../services/platform/webhook/address.ts';
import type { AddressGuard } from '../../../../services/platform/webhook/address.ts';
import { createWebhookClient } from '../../../../services/platform/webhook/client.ts';
import { RefusedAddress } from '../../../../services/platform/webhook/guarded-lookup.ts';
import type { Resolve } from '../../../../services/platform/webhook/guarded-lookup.ts';

/** Conformance test 12: what a receiver's address may not lead to, for webhooks and for mail alike. */
const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});
async function serve(listener: RequestListener): Promise<number> {
  const server = createServer(listener);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}
const guardOf = (...allowed: readonly string[]): AddressGuard => {
  const guard = addressGuard(allowed);
  if (!guard.ok) throw new Error(guard.error);
  return guard.value;
};
/** A resolver whose n-th answer is the n-th of these, and who counts. */
function answering(...answers: readonly string[]): { resolve: Resolve; asked: () => number } {
  let asked = 0;
  const resolve = ((
    _name: string,
    _options: object,
    done: (error: null, found: object[]) => void,
  ) => {
    const address = answers[Math.min(asked++, answers.length - 1)] ?? '';
    done(null, [{ address, family: address.includes(':') ? 6 : 4 }]);
  }) as unknown as Resolve;
  return { resolve, asked: () => asked };
}

type At = { guard: AddressGuard; port: number; isPlain: boolean; resolve?: Resolve };
/** What comes of going there, by each of the two ways out; `tried` is all that is not refused. */
const WAYS = [
  [
    'a webhook',
    async (host: string, at: At) => {
      const options = at.resolve ? { resolve: at.resolve } : {};
      const url = `http${at.isPlain ? '' : 's'}://${host}:${at.port}/`;
      const client = createWebhookClient(at.guard, { ...options, timeoutMs: 2_000 });
      const answer = await client.post({ url, headers: {}, body: '{}' });
      return answer.kind === 'refused' ? 'refused' : 'tried';
    },
  ],
  [
    'mail',
    async (host: string, at: At) => {
      const target = { host, port: at.port, isPlain: at.isPlain };
      const { guard, resolve } = at;
      try {
        (await openGuardedSocket(target, { guard, resolve, timeoutMs: 2_000 })).destroy();
        return 'tried';
      } catch (error) {
        return error instanceof RefusedAddress ? 'refused' : 'tried';
      }
    },
  ],
] as const;

describe.each(WAYS)('12: %s', (_way, go) => {
  test.each([
    '169.254.169.254',
    '[fd00:ec2::254]',
    '[::ffff:127.0.0.1]',
    '[::ffff:169.254.169.254]',
    '[::127.0.0.1]',
    '[::ffff:0:127.0.0.1]',
    '[64:ff9b::7f00:1]',
    '100.64.0.1',
    '0.0.0.0',
    '127.0.0.1',
  ])('does not go to %s', async (host) => {
    let hits = 0;
    const port = await serve((_request, response) => {
      hits++;
      response.end();
    });
    for (const isPlain of [false, true])
      expect(await go(host, { guard: guardOf(), port, isPlain })).toBe('refused');
    expect(hits).toBe(0);
  });

  test('does not go to a name that flips on its second lookup', async () => {
    const port = await serve((_request, response) => response.end());
    const { resolve } = answering('127.0.0.1', '169.254.169.254');
    const at = { guard: guardOf('127.0.0.1'), port, resolve, isPlain: true };
    expect(await go('flip.test', at)).toBe('tried');
    expect(await go('flip.test', at)).toBe('refused');
  });

  test('connects to the very address that was judged: a name is asked for once', async () => {
    const port = await serve((_request, response) => response.end());
    const { resolve, asked } = answering('127.0.0.1', '169.254.169.254');
    expect(
      await go('flip.test', { guard: guardOf('127.0.0.1'), port, resolve, isPlain: true }),
    ).toBe('tried');
    expect(asked()).toBe(1);
  });

  test('says nothing over a connection that led elsewhere than was judged', async () => {
    let hits = 0;
    const port = await serve((_request, response) => {
      hits++;
      response.end();
    });
    let judged = 0;
    const guard = { allows: () => judged++ === 0, isNamed: () => true };
    const { resolve } = answering('127.0.0.1');
    expect(await go('elsewhere.test', { guard, port, resolve, isPlain: true })).toBe('refused');
    expect([judged, hits]).toEqual([2, 0]);
  });

  test('goes to a private range that the operator named, and to no other', async () => {
    const port = await serve((_request, response) => response.end());
    expect(await go('127.0.0.1', { guard: guardOf('127.0.0.0/8'), port, isPlain: true })).toBe(
      'tried',
    );
    expect(await go('127.0.0.1', { guard: guardOf('10.0.0.0/8'), port, isPlain: true })).toBe(
      'refused',
    );
  });
});

test.each([301, 302, 303, 307, 308])('12: a %i to loopback is not followed', async (status) => {
  let hits = 0;
  const inside = await serve((_request, response) => {
    hits++;
    response.end();
  });
  const port = await serve((_request, response) =>
    response.writeHead(status, { location: `http://127.0.0.1:${inside}/secret` }).end(),
  );
  const client = createWebhookClient(guardOf('127.0.0.1'));
  const answer = await client.post({ url: `http://127.0.0.1:${port}/`, headers: {}, body: '{}' });
  expect(verdictOf(answer, 0).kind).toBe('refused');
  expect(hits).toBe(0);
});
