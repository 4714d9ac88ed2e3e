import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Webhook } from 'standardwebhooks';
import { afterAll, describe, expect, test } from 'vitest';
import { webhookChannel } from '../../../services/alerting/adapters/channels/webhook.ts';
import { receiverRoutes } from '../../../services/alerting/adapters/http.ts';
import { redisDisabledReceivers } from '../../../services/alerting/adapters/redis-alert-store.ts';
import type { Message, MessageKind } from '../../../services/alerting/core/alert/episode.ts';
import { digestOf } from '../../../services/alerting/core/sending/digest.ts';
import { audienceOf } from '../../../services/alerting/core/words/text.ts';
import type { WebhookReceiver } from '../../../services/kernel/definitions.ts';
import { createAccess } from '../../../services/platform/access.ts';
import { createHttpServer } from '../../../services/platform/http.ts';
import { createLogger } from '../../../services/platform/logger.ts';
import { createRedis } from '../../../services/platform/redis.ts';
import { addressGuard } from '../../../services/platform/webhook/address.ts';
import { createWebhookClient } from '../../../services/platform/webhook/client.ts';
import { secretsFrom } from '../../../services/platform/webhook/secret.ts';
import { repositoryDir } from '../../../infra/bootstrap/prepare.mjs';
import { chatMessage } from '../../support/chat-messages.ts';
import { catalogOf } from '../../support/platform.ts';
import { ANY_VARIABLE, aReceiver, bench } from '../../support/alerting.ts';
import { servers, uniquePrefix } from '../../support/servers.ts';
import { openReceiver } from '../../support/webhook-receiver.ts';

const redis = createRedis([servers().redisUrl], (error) => {
  throw error;
});
afterAll(() => redis.disconnect());
const guard = addressGuard(['127.0.0.0/8']);
if (!guard.ok) throw new Error(guard.error);
const client = createWebhookClient(guard.value);

const aSecret = (): string => `whsec_${randomBytes(32).toString('base64')}`;
const OLD = aSecret();
const NEW = aSecret();
const channelWith = (env: Readonly<Record<string, string>>) => {
  const disabled = redisDisabledReceivers(redis, uniquePrefix());
  const send = webhookChannel({
    client,
    secrets: secretsFrom(env, ANY_VARIABLE),
    disabled,
    now: Date.now,
  });
  return { send, disabled };
};
const aMessage = (): Message => {
  const b = bench();
  b.hour(0, 900);
  return b.messages()[0] as Message;
};

describe('a secret that is being changed', () => {
  /** Which of the two secrets the library of the standard takes the message with. */
  async function takenBy(
    env: Readonly<Record<string, string>>,
    over: Partial<WebhookReceiver>,
  ): Promise<readonly string[]> {
    await using hook = await openReceiver();
    const receiver = aReceiver({ url: hook.url, ...over });
    expect((await channelWith(env).send(aMessage(), receiver)).kind).toBe('delivered');
    const [{ headers, body } = {} as never] = hook.received;
    return [OLD, NEW].flatMap((secret, i) => {
      try {
        new Webhook(secret).verify(body, headers as Record<string, string>);
        return [['old', 'new'][i] as string];
      } catch {
        return [];
      }
    });
  }
  const both = { secret: { env: 'NEW' }, previousSecret: { env: 'OLD' } } as const;

  test('before: only the old one signs', async () => {
    expect(await takenBy({ OLD }, { secret: { env: 'OLD' } })).toEqual(['old']);
  });
  test('meanwhile: receivers that know either take the message', async () => {
    expect(await takenBy({ OLD, NEW }, both)).toEqual(['old', 'new']);
  });
  test('after: the old one is taken away, from the catalogue or from its place', async () => {
    expect(await takenBy({ OLD, NEW }, { secret: { env: 'NEW' } })).toEqual(['new']);
    expect(await takenBy({ NEW }, both)).toEqual(['new']);
  });
  test('the new one must be there', async () => {
    const { send } = channelWith({ OLD });
    expect(await send(aMessage(), aReceiver(both))).toMatchObject({
      kind: 'retryable',
      detail: 'the environment variable NEW is not set',
    });
  });
});

describe('a receiver that answers 410', () => {
  async function gone() {
    const hook = await openReceiver();
    const { send, disabled } = channelWith({ OLD });
    const receiver = { ...aReceiver({ secret: { env: 'OLD' } }), url: hook.url };
    hook.answer(410);
    expect((await send(aMessage(), receiver)).kind).toBe('gone');
    hook.answer(204);
    expect((await send(aMessage(), receiver)).kind).toBe('gone');
    expect(hook.received).toHaveLength(1);
    return { hook, send, disabled, receiver };
  }

  test('gets nothing more, until its address is another', async () => {
    const { hook, send, receiver } = await gone();
    await using _ = hook;
    const moved = { ...receiver, url: `${receiver.url}/v2` };
    expect((await send(aMessage(), moved)).kind).toBe('delivered');
    expect((await send(aMessage(), receiver)).kind).toBe('gone');
  });

  test('gets messages again once somebody enables it', async () => {
    const { hook, send, disabled, receiver } = await gone();
    await using _ = hook;
    const logger = createLogger({ level: 'silent', name: 'test', isTty: false });
    const http = createHttpServer(logger);
    receiverRoutes(http, createAccess({ tokensFile: '', host: '127.0.0.1' }), {
      catalog: () => catalogOf({ receivers: [receiver] }),
      enable: () => disabled.enable(receiver),
      messenger: (message) => send(message, receiver),
      settled: async () => undefined,
      now: Date.now,
      newId: () => 'x',
    });
    const enable = async (id: string) => {
      const { statusCode, body } = await http.inject({
        method: 'POST',
        url: `/v1/receivers/${id}/enable`,
      });
      return [statusCode, JSON.parse(body)];
    };
    expect(await enable('nobody')).toMatchObject([404, { code: 'not_found' }]);
    expect(await enable(receiver.id)).toEqual([200, { receiver: receiver.id, wasDisabled: true }]);
    expect(await enable(receiver.id)).toEqual([200, { receiver: receiver.id, wasDisabled: false }]);
    expect((await send(aMessage(), receiver)).kind).toBe('delivered');
    await http.close();
  });
});

/** docs/tutorial/receiver.mjs as a user starts it, at a port of its own. */
async function openTutorial() {
  const dir = mkdtempSync(join(tmpdir(), 'tidemark-tutorial-'));
  const child = spawn(process.execPath, [join(repositoryDir, 'docs/tutorial/receiver.mjs')], {
    cwd: dir,
    env: { PORT: '0' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const nextLine = async (): Promise<string> => String((await lines.next()).value);
  const url = `http://127.0.0.1:${(await nextLine()).split(' ').at(-1)}/`;
  return {
    url,
    secret: readFileSync(join(dir, '.tidemark/secrets/tour-hook'), 'utf8'),
    nextLine,
    async [Symbol.asyncDispose]() {
      const closed = new Promise((resolve) => child.once('close', resolve));
      child.kill();
      await closed;
      rmSync(dir, { recursive: true });
    },
  };
}

test('the receiver of the tutorial takes every kind of message that is sent', async () => {
  await using tutorial = await openTutorial();
  const { send } = channelWith({ TOUR: tutorial.secret });
  const receiver = aReceiver({ url: tutorial.url, secret: { env: 'TOUR' } });
  const said = async (message: Message): Promise<string> => {
    const [verdict, line] = await Promise.all([send(message, receiver), tutorial.nextLine()]);
    return `${verdict.kind}: ${line}`;
  };

  const ofOneAlert: Record<Exclude<MessageKind, 'digest'>, string> = {
    firing: 'alert.firing',
    resolved: 'alert.resolved',
    corrected: 'alert.corrected',
    nodata: 'alert.nodata',
    repeated: 'alert.repeated',
    escalated: 'alert.escalated',
    unmuted: 'alert.unmuted',
    assigned: 'alert.assigned',
  };
  for (const type of Object.values(ofOneAlert))
    expect(await said(chatMessage('S001', { type }))).toBe(
      `delivered: verified ${type}: net-sales {"store":"S001"} is 950.00, value < 1000; ` +
        'accountable: person:li-wei',
    );

  const two = [chatMessage('S001'), chatMessage('S002')];
  const { digest } = digestOf(two, { audience: audienceOf(chatMessage('x')), bytesMax: 10_000 });
  expect(await said(digest)).toBe('delivered: verified alert.digest: 2 alerts');

  const logger = createLogger({ level: 'silent', name: 'test', isTty: false });
  const http = createHttpServer(logger);
  receiverRoutes(http, createAccess({ tokensFile: '', host: '127.0.0.1' }), {
    catalog: () => catalogOf({ receivers: [receiver] }),
    enable: async () => false,
    messenger: (message) => send(message, receiver),
    settled: async () => undefined,
    now: Date.now,
    newId: () => 'x',
  });
  const [tested, line] = await Promise.all([
    http.inject({ method: 'POST', url: `/v1/receivers/${receiver.id}/test` }),
    tutorial.nextLine(),
  ]);
  await http.close();
  expect(JSON.parse(tested.body)).toMatchObject({ outcome: 'delivered' });
  expect(line).toBe(
    `verified receiver.test: {"receiver":"${receiver.id}","askedBy":"person:local"}`,
  );
});
