import { createServer } from 'node:http';
import type { RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, expect, test } from 'vitest';
import { webhookChannel } from '../../../services/alerting/adapters/channels/webhook.ts';
import { redisDisabledReceivers } from '../../../services/alerting/adapters/redis-alert-store.ts';
import type { Message } from '../../../services/alerting/core/alert/episode.ts';
import type { Delivery } from '../../../services/alerting/core/sending/delivery.ts';
import { createDeliverer } from '../../../services/alerting/deliverer.ts';
import type { Deliverer } from '../../../services/alerting/deliverer.ts';
import { createMessenger } from '../../../services/alerting/messenger.ts';
import { createRedis } from '../../../services/platform/redis.ts';
import { addressGuard } from '../../../services/platform/webhook/address.ts';
import { createWebhookClient } from '../../../services/platform/webhook/client.ts';
import { secretsFrom } from '../../../services/platform/webhook/secret.ts';
import { ANY_VARIABLE, aReceiver, bench } from '../../support/alerting.ts';
import { servers, uniquePrefix } from '../../support/servers.ts';
import { openReceiver, SECRET } from '../../support/webhook-receiver.ts';

const TIMEOUT_MS = 1_500;
const SCHEDULE_MS = [20, 40, 80];
const SOON = { timeout: 30_000, interval: 10 };

const redis = createRedis([servers().redisUrl], (error) => {
  throw error;
});
afterAll(() => redis.disconnect());

/** Alerting's own deliverer, channel and client over these addresses; only time-out and waits are shorter. */
function openDeliverer(urls: Readonly<Record<string, string>>): {
  readonly deliverer: Deliverer;
  readonly fates: ReadonlyMap<string, Delivery>;
} {
  const guard = addressGuard(['127.0.0.0/8']);
  if (!guard.ok) throw new Error(guard.error);
  const fates = new Map<string, Delivery>();
  const webhook = webhookChannel({
    client: createWebhookClient(guard.value, { timeoutMs: TIMEOUT_MS }),
    secrets: secretsFrom({ HOOK: SECRET }, ANY_VARIABLE),
    disabled: redisDisabledReceivers(redis, uniquePrefix()),
    now: Date.now,
  });
  const deliverer = createDeliverer({
    messenger: createMessenger({ webhook }, (id) =>
      aReceiver({ id, url: urls[id] ?? '', secret: { env: 'HOOK' } }),
    ),
    now: Date.now,
    schedule: SCHEDULE_MS,
    observer: { attempted: () => undefined },
    note: async ({ messageId }, delivery) => void fates.set(messageId, delivery),
  });
  return { deliverer, fates };
}

const offer = (deliverer: Deliverer, receiver: string): void => {
  const b = bench();
  b.hour(0, 900);
  const message = { ...b.messages()[0], id: `msg_${receiver}`, receiver } as Message;
  deliverer.offer(0, receiver, [{ message, episode: { id: receiver }, delivery: undefined }]);
};

/** Receivers that fail in every way that there is, each with the number of requests it has had. */
async function openFailing(kinds: Readonly<Record<string, RequestListener>>) {
  const requests = new Map<string, number>();
  const opened = await Promise.all(
    Object.entries(kinds).map(async ([kind, listener]) => {
      const server = createServer((request, response) => {
        requests.set(kind, (requests.get(kind) ?? 0) + 1);
        listener(request, response);
      });
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      const { port } = server.address() as AddressInfo;
      return { kind, server, url: `http://127.0.0.1:${port}/` };
    }),
  );
  const close = (): void =>
    opened.forEach(({ server }) => {
      server.close();
      server.closeAllConnections();
    });
  const urls = Object.fromEntries(opened.map(({ kind, url }) => [kind, url]));
  return { urls, requests, [Symbol.dispose]: close };
}

// Fails without: each receiver has a line of its own
test('F-079 receivers that answer 500, nothing, a byte at a time or without end hold up no other, and are given up after the last wait', async () => {
  using failing = await openFailing({
    refuses: (_request, response) => void response.writeHead(500).end('no'),
    silent: () => undefined,
    slow: (_request, response) => {
      const timer = setInterval(() => response.write('x'), 20);
      response.on('close', () => clearInterval(timer));
    },
    cut: (request) => void request.socket.destroy(),
  });
  await using well = await openReceiver();
  const { deliverer, fates } = openDeliverer({ ...failing.urls, well: well.url });
  for (const kind of Object.keys(failing.urls)) offer(deliverer, kind);
  offer(deliverer, 'well');
  await expect.poll(() => fates.get('msg_well')?.status, SOON).toBe('delivered');
  // Those that say nothing are still waited for.
  expect([fates.get('msg_silent'), fates.get('msg_slow')]).toEqual([undefined, undefined]);
  await expect.poll(() => deliverer.waiting(), SOON).toBe(0);
  for (const kind of Object.keys(failing.urls)) {
    const { status, attempts } = fates.get(`msg_${kind}`) ?? {};
    const tries = SCHEDULE_MS.length + 1;
    expect({ kind, status, attempts, requests: failing.requests.get(kind) }).toEqual({
      kind,
      status: 'given_up',
      attempts: tries,
      requests: tries,
    });
  }
  await deliverer.stop();
});

// Fails without: id and body are frozen at decision time
test('F-080 a receiver that took the message and answered too late gets it again, under the same id and word for word', async () => {
  await using late = await openReceiver();
  const { deliverer, fates } = openDeliverer({ late: late.url });
  late.hold();
  offer(deliverer, 'late');
  await expect.poll(() => fates.get('msg_late')?.detail, SOON).toContain('no answer within');
  late.release();
  await expect.poll(() => fates.get('msg_late')?.status, SOON).toBe('delivered');
  const taken = late.accepted().map(({ id }) => id);
  expect(taken.length).toBeGreaterThanOrEqual(2);
  expect(new Set(taken)).toEqual(new Set(['msg_late']));
  expect(new Set(late.received.map(({ body }) => body)).size).toBe(1);
  await deliverer.stop();
});
