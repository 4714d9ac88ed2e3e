import { expect, test } from 'vitest';
import type { Delivery } from '../../../services/alerting/core/sending/delivery.ts';
import { ENDED_MAX, MESSAGES_KEPT_MAX } from '../../../services/alerting/core/alert/episode.ts';
import { noteDelivery, owedOf } from '../../../services/alerting/core/alert/lifecycle.ts';
import { toldRecipients } from '../../../services/alerting/core/alert/message.ts';
import { aRule, bench, HOUR, salesCatalog } from '../../support/alerting.ts';

const DELIVERED: Delivery = {
  status: 'delivered',
  attempts: 1,
  firstAttemptMs: 1,
  nextAttemptMs: 1,
  detail: '204',
};
type Bench = ReturnType<typeof bench>;

/** Every message that is owed is delivered. */
function deliverAll(b: Bench): void {
  const track = b.state().tracks.get(b.alert().id);
  if (!track) throw new Error('no track');
  for (const { message } of owedOf(track.alert)) {
    const attempt = { messageId: message.id, delivery: DELIVERED, logMs: 0 };
    b.state().setAlert(track, noteDelivery(track.alert, attempt).state);
  }
}

test('no reminder while one still waits for its receiver', () => {
  const b = bench(salesCatalog({ rules: [aRule({ notify: { repeatMs: [HOUR] } })] }));
  b.hour(0, 900);
  b.hour(1, 900);
  expect(b.clock(2)).toEqual(['repeated: repeat_interval']);
  b.hour(2, 900);
  expect(b.clock(3)).toEqual([]);
  deliverAll(b);
  expect(b.clock(3.1)).toEqual(['repeated: repeat_interval']);
});

test('what was delivered meanwhile has no say in whether a breach after silence is told', () => {
  const told = (between: (b: Bench) => void): readonly string[] => {
    const b = bench();
    b.hour(0, 900);
    for (let hour = 1; hour <= 2.2; hour += 1 / 240) b.clock(hour);
    expect(b.condition()).toBe('nodata');
    between(b);
    b.value(1, 800);
    expect(b.tick(2)).toEqual(['firing: breach_again']);
    return b.messages().map(({ id }) => id);
  };
  expect(told(deliverAll)).toEqual(told(() => {}));
});

test('a long episode forgets what was delivered, but not to whom its end is owed', () => {
  const b = bench(salesCatalog({ rules: [aRule({ notify: { repeatMs: [HOUR] } })] }));
  for (let hour = 0; hour < 2 * MESSAGES_KEPT_MAX; hour++) {
    b.hour(hour, 900);
    b.clock(hour + 1);
    deliverAll(b);
  }
  const { episode } = b.alert();
  expect(episode?.messages.length).toBeLessThanOrEqual(MESSAGES_KEPT_MAX);
  expect(episode?.messages[0]?.kind).toBe('firing');
  expect(episode && toldRecipients(episode).map(({ receiver }) => receiver)).toEqual(['ops-hook']);
  expect(b.hour(2 * MESSAGES_KEPT_MAX, 5000)).toEqual(['resolved: recovered']);
  expect(owedOf(b.alert()).map(({ message }) => message.kind)).toEqual(['resolved']);
});

test('more ended episodes than fit with messages owed: the oldest goes, and that is said', () => {
  const b = bench();
  const seen: string[] = [];
  for (let pair = 0; pair <= ENDED_MAX; pair++) {
    seen.push(...b.hour(2 * pair, 900));
    seen.push(...b.hour(2 * pair + 1, 5000));
  }
  expect(b.alert().ended.length).toBe(ENDED_MAX);
  expect(seen.filter((line) => line.startsWith('not_delivered'))).toEqual([
    'not_delivered: too_many_episodes',
  ]);
  const numbers = b.emitted.map(({ alert }) => alert.sequence);
  expect(numbers).toEqual(numbers.map((_, i) => i + 1));
});

test('an ended episode can be taken back as long as its windows are remembered, delivered or not', () => {
  const taken = (between: (b: Bench) => void): readonly string[] => {
    const b = bench();
    for (const [hour, value] of [900, 5000, 900, 5000].entries()) b.hour(hour, value);
    between(b);
    b.value(0, 2000, { state: 'closed', revision: 1 });
    return b.messages().map(({ id, kind }) => `${kind} ${id}`);
  };
  const told = taken(deliverAll);
  expect(told.at(-1)).toMatch(/^corrected /);
  expect(told).toEqual(taken(() => {}));
});

test('an ended episode goes once its windows are forgotten and it owes nothing; its texts go when delivered', () => {
  const b = bench();
  for (const [hour, value] of [900, 5000, 900, 5000].entries()) b.hour(hour, value);
  deliverAll(b);
  expect(b.alert().ended.flatMap(({ messages }) => messages.map(({ body }) => body))).toEqual([
    '',
    '',
    '',
    '',
  ]);
  for (let hour = 4; hour < 2_000; hour++) b.hour(hour, 5000);
  b.hour(2_000, 900);
  b.hour(2_001, 5000);
  expect(b.alert().ended.length).toBe(1);
  expect(owedOf(b.alert()).map(({ message }) => message.kind)).toEqual(['firing', 'resolved']);
});
