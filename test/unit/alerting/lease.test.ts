import { describe, expect, test } from 'vitest';
import { LEASE_MS } from '../../../services/alerting/core/words/alertmanager.ts';
import type { Delivery } from '../../../services/alerting/core/sending/delivery.ts';
import { leased } from '../../../services/alerting/core/partition/lease.ts';
import { noteDelivery, owedOf } from '../../../services/alerting/core/alert/lifecycle.ts';
import { parseBody } from '../../../services/alerting/core/words/text-body.ts';
import { bench, HOUR, T0 } from '../../support/alerting.ts';

const DELIVERED: Delivery = {
  status: 'delivered',
  attempts: 1,
  firstAttemptMs: 1,
  nextAttemptMs: 1,
  detail: '200',
  isRenewed: true,
};
type Bench = ReturnType<typeof bench>;

function deliverAll(b: Bench, delivery: Delivery = DELIVERED): void {
  const track = b.state().tracks.get(b.alert().id);
  if (!track) throw new Error('no track');
  for (const { message } of owedOf(track.alert))
    b.state().setAlert(
      track,
      noteDelivery(track.alert, { messageId: message.id, delivery, logMs: 0 }).state,
    );
}
const kinds = (b: Bench, nowMs: number, isKept = () => true): readonly string[] =>
  [...leased([b.alert()], isKept, nowMs).values()].flat().map(({ kind }) => kind);

test('what burns is told again once it was delivered, for as long as it burns', () => {
  const b = bench();
  b.hour(0, 900);
  expect(kinds(b, T0)).toEqual([]);
  deliverAll(b);
  expect(kinds(b, T0 + 1000 * HOUR)).toEqual(['firing']);
  expect(kinds(b, T0, () => false)).toEqual([]);
});

test('an end is told again for the lease, and the beginning not while the end is on its way', () => {
  const b = bench();
  b.hour(0, 900);
  deliverAll(b);
  b.hour(1, 1100);
  expect(kinds(b, T0 + 1.5 * HOUR)).toEqual([]);
  deliverAll(b);
  expect(kinds(b, T0 + 2 * HOUR + LEASE_MS - 1)).toEqual(['resolved']);
  expect(kinds(b, T0 + 2 * HOUR + LEASE_MS)).toEqual([]);
});

describe('of an episode that has ended', () => {
  const ended = (delivery: Delivery): Bench => {
    const b = bench();
    b.hour(0, 900);
    deliverAll(b, delivery);
    b.hour(1, 1100);
    deliverAll(b, delivery);
    return b;
  };
  const bodies = (b: Bench): readonly string[] =>
    b.alert().ended.flatMap(({ messages }) => messages.map(({ body }) => body));

  test('the last message keeps its text while its receiver is told it again', () => {
    const [firing, resolved] = bodies(ended(DELIVERED));
    expect(firing).toBe('');
    expect(parseBody(resolved ?? '').type).toBe('alert.resolved');
  });

  test('the next episode’s message takes its place', () => {
    const b = ended(DELIVERED);
    b.hour(2, 900);
    deliverAll(b);
    b.hour(3, 1100);
    deliverAll(b);
    expect(bodies(b).map((body) => body !== '')).toEqual([false, false, false, true]);
  });

  test('no message keeps its text where the receiver remembers, and what has none is not told again', () => {
    const b = ended({ ...DELIVERED, isRenewed: undefined } as unknown as Delivery);
    expect(bodies(b)).toEqual(['', '']);
    expect(kinds(b, T0 + 2 * HOUR)).toEqual([]);
  });
});

test('the next episode has the say over the end of the one before', () => {
  const b = bench();
  b.hour(0, 900);
  b.hour(1, 1100);
  b.hour(2, 900);
  deliverAll(b);
  expect(kinds(b, T0 + 3 * HOUR)).toEqual(['firing']);
});

test('what the receiver never took is not told again', () => {
  const b = bench();
  b.hour(0, 900);
  deliverAll(b, { ...DELIVERED, status: 'given_up' });
  expect(kinds(b, T0)).toEqual([]);
});
