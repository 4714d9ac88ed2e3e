import { expect, test } from 'vitest';
import type { Threads } from '../../../services/alerting/ports.ts';
import { chatMessage } from '../../support/chat-messages.ts';
import { memoryThreads } from '../../support/memory-threads.ts';
import { openChat } from '../../support/receivers/chats.ts';
import type { Slack } from '../../support/receivers/slack.ts';

/** What is particular to one service. */

const postsOf = (server: unknown) => [...(server as Slack).posts.values()];
const EPISODE = 'e1';
const say = (type: string, id = type) => chatMessage(id, { type, episode: EPISODE });

test('Slack: the end of an episode changes its first message; what comes between is said in its thread', async () => {
  await using chat = await openChat('slack bot');
  for (const type of ['alert.firing', 'alert.repeated', 'alert.escalated', 'alert.resolved'])
    expect((await chat.send(say(type))).kind).toBe('delivered');
  const [first, ...replies] = postsOf(chat.server);
  expect(first).toMatchObject({ thread: undefined, updates: 1 });
  expect(first?.text).toContain('resolved');
  expect(replies.map(({ isBroadcast }) => isBroadcast)).toEqual([false, true]);
  expect(new Set(replies.map(({ thread }) => thread)).size).toBe(1);
  // Another episode is another message.
  await chat.send(chatMessage('other'));
  expect(postsOf(chat.server).filter(({ thread }) => thread === undefined)).toHaveLength(2);
});

test('Slack: where the first message is gone, or forgotten, the end is a message of its own', async () => {
  const threads = memoryThreads();
  await using chat = await openChat('slack bot', { threads });
  await chat.send(say('alert.firing'));
  (chat.server as Slack).posts.clear();
  expect((await chat.send(say('alert.resolved'))).kind).toBe('delivered');
  expect(postsOf(chat.server)).toMatchObject([{ thread: undefined, updates: 0 }]);
  threads.lose();
  expect((await chat.send(say('alert.corrected'))).kind).toBe('delivered');
  expect(postsOf(chat.server)).toHaveLength(2);
});

test('Slack: when it cannot be known where the first message stands, nothing is said twice', async () => {
  const threads: Threads = {
    find: () => Promise.reject(new Error('redis_unavailable')),
    keep: async () => undefined,
  };
  await using chat = await openChat('slack bot', { threads });
  expect(await chat.send(say('alert.firing'))).toEqual({
    kind: 'retryable',
    detail: 'redis_unavailable',
  });
  expect(chat.server.requests).toEqual([]);
});

test('Slack: what was said is said, even if its place could not be kept', async () => {
  const threads: Threads = {
    find: async () => undefined,
    keep: () => Promise.reject(new Error('redis_unavailable')),
  };
  await using chat = await openChat('slack bot', { threads });
  expect((await chat.send(say('alert.firing'))).kind).toBe('delivered');
});

test('Feishu: the sixth message within a second is congestion, and is tried again later', async () => {
  await using chat = await openChat('feishu');
  const verdicts = await Promise.all(
    Array.from({ length: 6 }, (_, i) => chat.send(chatMessage(`${i}`))),
  );
  const late = verdicts.filter(({ kind }) => kind !== 'delivered');
  expect(late).toEqual([
    { kind: 'retryable', detail: '11232 frequency limited psm', retryAfterMs: 30_000 },
  ]);
});

test('DingTalk: the 21st within a minute blocks the bot, and is not tried for ten minutes', async () => {
  await using chat = await openChat('dingtalk');
  for (let i = 0; i < 20; i++)
    expect((await chat.send(chatMessage(`${i}`))).kind).toBe('delivered');
  expect(await chat.send(chatMessage('21'))).toMatchObject({
    kind: 'retryable',
    retryAfterMs: 600_000,
  });
});

test('WeCom: the 21st within a minute waits a minute; a wrong key is a refusal', async () => {
  await using chat = await openChat('wecom');
  for (let i = 0; i < 20; i++)
    expect((await chat.send(chatMessage(`${i}`))).kind).toBe('delivered');
  expect(await chat.send(chatMessage('21'))).toMatchObject({
    kind: 'retryable',
    retryAfterMs: 60_000,
  });
  await using wrong = await openChat('wecom', {
    url: `${chat.server.origin}/cgi-bin/webhook/send?key=wrong-0123456789`,
  });
  const verdict = await wrong.send(chatMessage('w'));
  expect(verdict).toMatchObject({ kind: 'refused' });
  expect(verdict.detail).toContain('93000');
});

test('a signature made with another secret is refused by Feishu (19021) and DingTalk (310000)', async () => {
  for (const [name, code] of [
    ['feishu', '19021'],
    ['dingtalk', '310000'],
  ] as const) {
    await using chat = await openChat(name);
    await using other = await openChat(name, {
      url: `${chat.server.origin}${new URL(chat.secrets[0] ?? '').pathname}${new URL(chat.secrets[0] ?? '').search}`,
      secret: 'SEC-another',
    });
    const verdict = await other.send(chatMessage('x'));
    expect(verdict.kind).toBe('refused');
    expect(verdict.detail).toContain(code);
  }
});
