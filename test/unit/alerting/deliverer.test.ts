import { expect, test, vi } from 'vitest';
import { createDeliverer } from '../../../services/alerting/deliverer.ts';
import type { Delivery, Verdict } from '../../../services/alerting/core/sending/delivery.ts';
import type { Episode, Message } from '../../../services/alerting/core/alert/episode.ts';
import type { Owed } from '../../../services/alerting/core/alert/lifecycle.ts';

const message = (id: string, over: Partial<Message> = {}): Message => ({
  id,
  receiver: 'hook',
  kind: 'firing',
  body: '{}',
  decidedAtMs: 0,
  shownAtMs: 0,
  to: null,
  locale: 'en',
  timezone: 'UTC',
  ...over,
});
const owed = (one: Message, episode = 'e1', delivery?: Delivery): Owed => ({
  message: one,
  episode: { id: episode } as Episode,
  delivery,
});

/** A deliverer whose receivers answer when the test says so. */
function setUp(schedule: readonly number[] = [1, 1, 1]) {
  const attempts: { message: Message; answer: (verdict: Verdict) => void }[] = [];
  const notes: [string, Delivery['status']][] = [];
  const settled: string[] = [];
  const deliverer = createDeliverer({
    messenger: (one) => new Promise((resolve) => attempts.push({ message: one, answer: resolve })),
    now: () => 1000,
    schedule,
    observer: { attempted: () => undefined },
    settled: async ({ id }, { status }) => {
      settled.push(`${id} ${status}, ${notes.length} noted`);
    },
    note: async ({ messageId }, { status }) => {
      notes.push([messageId, status]);
    },
  });
  const tried = () => attempts.map(({ message: { id } }) => id);
  const answer = (index: number, kind: 'delivered' | 'retryable' | 'gone') =>
    attempts[index]?.answer({ kind, detail: '' });
  return { deliverer, attempts, notes, settled, tried, answer };
}
const until = (check: () => void) => vi.waitFor(check, { timeout: 5_000, interval: 2 });

test('what arrives while its partition is loaded anew is not sent again, offered before or after', async () => {
  const { deliverer, tried, answer, notes } = setUp();
  deliverer.offer(0, 'a', [owed(message('one'))]);
  deliverer.offer(0, 'b', [owed(message('two'), 'e2')]);
  await until(() => expect(tried()).toEqual(['one', 'two']));
  deliverer.forget(0);
  // Two requests are under way, so that both wait: one for its turn, one behind it.
  deliverer.offer(0, 'a', [owed(message('one')), owed(message('end', { kind: 'resolved' }))]);
  answer(0, 'delivered');
  await until(() => expect(tried()).toEqual(['one', 'two', 'end']));
  answer(1, 'delivered');
  answer(2, 'delivered');
  await until(() => expect(deliverer.waiting()).toBe(0));
  deliverer.offer(0, 'b', [owed(message('two'), 'e2')]);
  await until(() => expect(notes).toHaveLength(3));
  expect(deliverer.waiting()).toBe(0);
  expect(tried()).toEqual(['one', 'two', 'end']);
  expect(notes.map(([id, status]) => `${id} ${status}`).toSorted()).toEqual([
    'end delivered',
    'one delivered',
    'two delivered',
  ]);
});

test('what did not arrive meanwhile is sent again', async () => {
  const { deliverer, tried, answer } = setUp();
  deliverer.offer(0, 'a', [owed(message('one'))]);
  await until(() => expect(tried()).toEqual(['one']));
  deliverer.forget(0);
  answer(0, 'retryable');
  deliverer.offer(0, 'a', [owed(message('one'))]);
  await until(() => expect(tried()).toEqual(['one', 'one']));
});

test('whoever wants to know hears of what is settled before it is noted, and of nothing else', async () => {
  const { deliverer, tried, answer, settled } = setUp([1]);
  deliverer.offer(0, 'a', [owed(message('one'))]);
  await until(() => expect(tried()).toEqual(['one']));
  answer(0, 'retryable');
  await until(() => expect(tried()).toEqual(['one', 'one']));
  answer(1, 'retryable');
  await until(() => expect(deliverer.waiting()).toBe(0));
  expect(settled).toEqual(['one given_up, 1 noted']);
});

test('what arrives after its partition was loaded anew is heard of, once; what fails then when it is tried again', async () => {
  const { deliverer, tried, answer, notes, settled } = setUp();
  deliverer.offer(0, 'a', [owed(message('one'))]);
  deliverer.offer(0, 'b', [owed(message('two'), 'e2')]);
  await until(() => expect(tried()).toEqual(['one', 'two']));
  deliverer.forget(0);
  deliverer.offer(0, 'a', [owed(message('one'))]);
  answer(1, 'gone');
  answer(0, 'delivered');
  await until(() => expect(notes).toEqual([['one', 'delivered']]));
  expect(settled).toEqual(['one delivered, 0 noted']);
  deliverer.offer(0, 'b', [owed(message('two'), 'e2')]);
  await until(() => expect(tried()).toEqual(['one', 'two', 'two']));
  deliverer.forget(0);
  answer(2, 'delivered');
  await until(() => expect(settled).toEqual(['one delivered, 0 noted', 'two delivered, 1 noted']));
  deliverer.offer(0, 'b', [owed(message('two'), 'e2')]);
  await until(() => expect(notes).toHaveLength(2));
  expect([tried(), settled].map(({ length }) => length)).toEqual([3, 2]);
});

test('messages of one episode reach a receiver in order, also when the first must be retried', async () => {
  const { deliverer, tried, answer, notes } = setUp();
  deliverer.offer(0, 'a', [
    owed(message('firing')),
    owed(message('resolved', { kind: 'resolved' })),
  ]);
  await until(() => expect(tried()).toEqual(['firing']));
  answer(0, 'retryable');
  await until(() => expect(tried()).toEqual(['firing', 'firing']));
  answer(1, 'delivered');
  await until(() => expect(tried()).toEqual(['firing', 'firing', 'resolved']));
  answer(2, 'delivered');
  await until(() => expect(deliverer.waiting()).toBe(0));
  expect(notes).toEqual([
    ['firing', 'waiting'],
    ['firing', 'delivered'],
    ['resolved', 'delivered'],
  ]);
  await deliverer.stop();
});

test('what is offered again while it is under way is sent once', async () => {
  const { deliverer, tried, answer } = setUp();
  deliverer.offer(0, 'a', [owed(message('m'))]);
  deliverer.offer(0, 'a', [owed(message('m'))]);
  await until(() => expect(tried()).toEqual(['m']));
  answer(0, 'delivered');
  await until(() => expect(deliverer.waiting()).toBe(0));
  expect(tried()).toEqual(['m']);
  await deliverer.stop();
});

test('a receiver that does not answer holds up no other, and has at most two requests', async () => {
  const { deliverer, tried, answer } = setUp();
  for (const episode of ['e1', 'e2', 'e3'])
    deliverer.offer(0, 'a', [owed(message(`slow-${episode}`, { receiver: 'slow' }), episode)]);
  deliverer.offer(0, 'b', [owed(message('quick'), 'e4')]);
  await until(() => expect(tried().toSorted()).toEqual(['quick', 'slow-e1', 'slow-e2']));
  answer(tried().indexOf('slow-e1'), 'delivered');
  await until(() => expect(tried()).toContain('slow-e3'));
  for (const [index] of tried().entries()) answer(index, 'delivered');
  await until(() => expect(deliverer.waiting()).toBe(0));
  await deliverer.stop();
});

test('a partition that is not ours any more is not sent for', async () => {
  const { deliverer, tried, notes, answer } = setUp();
  deliverer.offer(0, 'a', [owed(message('under way'))]);
  await until(() => expect(tried()).toEqual(['under way']));
  deliverer.forget(0);
  answer(0, 'delivered');
  deliverer.offer(1, 'b', [owed(message('other'), 'e2')]);
  await until(() => expect(tried()).toEqual(['under way', 'other']));
  expect(notes).toEqual([]);
  answer(1, 'delivered');
  await deliverer.stop();
});

test('an attempt that was due in a former life waits until its time', async () => {
  const { deliverer, tried, answer } = setUp();
  const waiting: Delivery = {
    status: 'waiting',
    attempts: 3,
    firstAttemptMs: 0,
    nextAttemptMs: 1e9,
    detail: '503',
  };
  deliverer.offer(0, 'a', [owed(message('later'), 'e1', waiting)]);
  deliverer.offer(0, 'a', [owed(message('now'), 'e2')]);
  await until(() => expect(tried()).toEqual(['now']));
  expect(deliverer.waiting()).toBe(2);
  answer(0, 'delivered');
  await deliverer.stop();
  expect(tried()).toEqual(['now']);
});
