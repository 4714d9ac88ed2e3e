import { expect, test, vi } from 'vitest';
import type { Message } from '../../../services/alerting/core/alert/episode.ts';
import type { RateLimit } from '../../../services/alerting/core/sending/pace.ts';
import type { Delivery, Verdict } from '../../../services/alerting/core/sending/delivery.ts';
import type { Episode } from '../../../services/alerting/core/alert/episode.ts';
import { createDeliverer } from '../../../services/alerting/deliverer.ts';
import { mergeFor } from '../../../services/alerting/merging.ts';
import type { Limiter } from '../../../services/alerting/ports.ts';
import { parseBody } from '../../../services/alerting/core/words/text-body.ts';
import { chatMessage } from '../../support/chat-messages.ts';
import { memoryLimiter } from '../../support/memory-limiter.ts';

const until = (check: () => void) => vi.waitFor(check, { timeout: 5_000, interval: 2 });

/** A deliverer to one DingTalk bot; what it is told is written down. */
function setUp(options: {
  limits: readonly RateLimit[];
  verdictOf?: (message: Message) => Verdict;
  limiter?: Limiter;
  type?: 'dingtalk' | 'alertmanager';
}) {
  const sent: Message[] = [];
  const notes = new Map<string, Delivery>();
  const url = 'https://a.example/b';
  const receiver = { id: 'ops', type: options.type ?? 'dingtalk', url } as const;
  const limiter = options.limiter ?? memoryLimiter(() => options.limits);
  const deliverer = createDeliverer({
    messenger: async (message) => {
      sent.push(message);
      return options.verdictOf?.(message) ?? { kind: 'delivered', detail: '0' };
    },
    now: Date.now,
    schedule: [1, 1, 1],
    observer: { attempted: () => undefined },
    note: async ({ messageId }, delivery) => {
      notes.set(messageId, delivery);
    },
    pace: { limiter, merge: mergeFor(() => receiver) },
  });
  const offer = (...messages: Message[]) => {
    for (const message of messages) {
      const { episode = message.id } = parseBody(message.body).data.alert ?? {};
      deliverer.offer(0, message.id, [
        { message, episode: { id: episode } as Episode, delivery: undefined },
      ]);
    }
  };
  const named = () => sent.flatMap(({ body }) => parseBody(body).data.alerts?.length ?? 1);
  return { deliverer, sent, notes, offer, named };
}
const many = (count: number) => Array.from({ length: count }, (_, i) => chatMessage(`${i}`));

test('500 messages at once to a bot of 20 in two seconds: no more requests than that, every message told and noted', async () => {
  const { deliverer, sent, notes, offer, named } = setUp({
    limits: [{ count: 20, perMs: 2_000 }],
  });
  offer(...many(500));
  await until(() => expect(notes.size).toBe(500));
  expect(sent.length).toBeLessThanOrEqual(20);
  expect(named().reduce((a, b) => a + b)).toBe(500);
  expect([...notes.values()].every(({ status }) => status === 'delivered')).toBe(true);
  expect(notes.get('msg_499')?.detail).toMatch(/^in a digest of \d+: 0$/);
  await deliverer.stop();
});

test('few messages are told one by one', async () => {
  const { deliverer, notes, offer, named } = setUp({ limits: [{ count: 20, perMs: 65_000 }] });
  offer(...many(10));
  await until(() => expect(notes.size).toBe(10));
  expect(named()).toEqual(Array.from({ length: 10 }, () => 1));
  await deliverer.stop();
});

test('a digest that is refused fails for each message that it named, and each is tried again', async () => {
  let digests = 0;
  const { deliverer, notes, offer } = setUp({
    limits: [{ count: 4, perMs: 100 }],
    verdictOf: ({ body }) =>
      parseBody(body).type === 'alert.digest' && (digests += 1) === 1
        ? { kind: 'retryable', detail: '-1 busy' }
        : { kind: 'delivered', detail: '0' },
  });
  offer(...many(30));
  await until(() => {
    expect(notes.size).toBe(30);
    expect([...notes.values()].every(({ status }) => status === 'delivered')).toBe(true);
  });
  expect([...notes.values()].filter((one) => one.attempts === 2).length).toBeGreaterThan(1);
  await deliverer.stop();
});

test('a digest of the day is told by itself, also where the rest becomes one message', async () => {
  const { deliverer, sent, notes, offer } = setUp({ limits: [{ count: 4, perMs: 100 }] });
  const body = JSON.stringify({ type: 'alert.digest', data: { alerts: [] } });
  offer(...many(10), { ...chatMessage('day'), body }, ...many(20).slice(10));
  await until(() => expect(notes.size).toBe(21));
  expect(sent.filter(({ id }) => id === 'msg_day')).toHaveLength(1);
  const nested = sent.flatMap((one) => parseBody(one.body).data.alerts ?? []);
  expect(nested.filter(({ type }) => type === 'alert.digest')).toEqual([]);
  await deliverer.stop();
});

test('messages of one episode keep their order through digests', async () => {
  const { deliverer, sent, notes, offer } = setUp({ limits: [{ count: 4, perMs: 50 }] });
  const pairs = Array.from({ length: 20 }, (_, i) => [
    chatMessage(`${i}-begin`, { episode: `e${i}` }),
    chatMessage(`${i}-end`, { episode: `e${i}`, type: 'alert.resolved' }),
  ]);
  for (const pair of pairs) offer(...pair);
  await until(() => expect(notes.size).toBe(40));
  const order = sent.flatMap((message) => {
    const body = parseBody(message.body);
    return (body.data.alerts ?? [body]).map(({ data }) => data.alert?.id ?? '');
  });
  for (let i = 0; i < 20; i++)
    expect(order.indexOf(`a-${i}-begin`)).toBeLessThan(order.indexOf(`a-${i}-end`));
  await deliverer.stop();
});

test('a destination that asks for silence is told nothing until it is over', async () => {
  let isFirst = true;
  const times: number[] = [];
  const { deliverer, notes, offer } = setUp({
    limits: [{ count: 20, perMs: 65_000 }],
    verdictOf: () => {
      times.push(performance.now());
      if (!isFirst) return { kind: 'delivered', detail: '0' };
      isFirst = false;
      return { kind: 'retryable', detail: '130101', retryAfterMs: 200 };
    },
  });
  offer(chatMessage('first'));
  await until(() => expect(notes.get('msg_first')?.status).toBe('waiting'));
  offer(chatMessage('second'), chatMessage('third'));
  await until(() =>
    expect([...notes.values()].filter(({ status }) => status === 'delivered')).toHaveLength(3),
  );
  // Timers may fire a millisecond early.
  expect((times[1] ?? 0) - (times[0] ?? 0)).toBeGreaterThan(190);
  await deliverer.stop();
});

test('receivers that programs read are not told digests: each message waits for its turn', async () => {
  const { deliverer, notes, offer, named } = setUp({
    limits: [{ count: 4, perMs: 20 }],
    type: 'alertmanager',
  });
  offer(...many(12));
  await until(() => expect(notes.size).toBe(12));
  expect(named().every((count) => count === 1)).toBe(true);
  await deliverer.stop();
});

test('while Redis does not say whose turn it is, nothing is sent and nothing is lost', async () => {
  let isDown = true;
  const working = memoryLimiter(() => [{ count: 20, perMs: 65_000 }]);
  const { deliverer, sent, notes, offer } = setUp({
    limits: [],
    limiter: {
      take: (receiver) =>
        isDown ? Promise.reject(new Error('redis_unavailable')) : working.take(receiver),
      hold: working.hold,
    },
  });
  offer(chatMessage('a'));
  await new Promise(setImmediate);
  expect(sent).toEqual([]);
  isDown = false;
  await until(() => expect(notes.get('msg_a')?.status).toBe('delivered'));
  await deliverer.stop();
});
