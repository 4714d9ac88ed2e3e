import { describe, expect, it } from 'vitest';
import { benchMetrics } from '../../../bench/orders/catalog.ts';
import { difference, expectedCells } from '../../../bench/orders/oracle.ts';
import { orders } from '../../../bench/orders/workload.ts';
import type { Order } from '../../../bench/orders/workload.ts';

const OPTIONS = { seed: 1, events: 20_000, fromMs: 1_700_000_000_000, stepMs: 2 };
const order = (over: Partial<Order>): Order => ({
  eventId: 'e1',
  orderId: 'o1',
  occurredAtMs: 1_700_000_000_000,
  storeId: 'S001',
  channel: 'web',
  amountCents: 250,
  quantity: 2,
  status: 'booked',
  ...over,
});

describe('the workload of orders', () => {
  it('is the same for the same seed, and another for another', () => {
    const first = [...orders(OPTIONS)];
    expect([...orders(OPTIONS)]).toEqual(first);
    expect([...orders({ ...OPTIONS, seed: 2 })]).not.toEqual(first);
  });

  it('repeats one event in a hundred, whole', () => {
    const all = [...orders(OPTIONS)];
    const distinct = new Set(all);
    expect(new Set(all.map(({ eventId }) => eventId)).size).toBe(distinct.size);
    const share = 1 - distinct.size / all.length;
    expect(share).toBeGreaterThan(0.007);
    expect(share).toBeLessThan(0.013);
  });

  it('keeps events within five seconds, but for one in a hundred that is up to 90 seconds late', () => {
    const distinct = [...new Set(orders(OPTIONS))];
    const behind = distinct.map(({ eventId, occurredAtMs }) => {
      const index = Number.parseInt(eventId.split('-').at(-1) as string, 16);
      return OPTIONS.fromMs + index * OPTIONS.stepMs - occurredAtMs;
    });
    const late = behind.filter((ms) => ms >= 30_000).length / behind.length;
    expect(Math.max(...behind)).toBeLessThan(90_000);
    expect(late).toBeGreaterThan(0.007);
    expect(late).toBeLessThan(0.013);
  });
});

describe('the oracle', () => {
  it('counts an event once, or each time where asked to', () => {
    const metrics = benchMetrics(1, 'v1');
    const twice = [order({}), order({})];
    const minute = 'm01|minute|1699999980000|S001\u0000web';
    expect(expectedCells(twice, metrics).get(minute)).toEqual({ contributions: 1, value: 250 });
    expect(expectedCells(twice, metrics, { repeats: 'each time' }).get(minute)).toEqual({
      contributions: 2,
      value: 500,
    });
  });

  it('leaves out what a filter leaves out, and keeps the largest for max', () => {
    const cells = expectedCells(
      [
        order({ status: 'cancelled' }),
        order({ eventId: 'e2', amountCents: 900 }),
        order({ eventId: 'e3', amountCents: 400 }),
      ],
      benchMetrics(10, 'v1'),
    );
    const value = (key: string): number | undefined =>
      [...cells].find(([name]) => name.startsWith(key))?.[1].value;
    expect(value('m01|hour')).toBe(1_300);
    expect(value('m04|hour')).toBe(250);
    expect(value('m10|hour')).toBe(900);
  });

  it('tells of cells that are missing, surplus or different', () => {
    const cell = { contributions: 1, value: 5 };
    const expected = new Map([
      ['a', cell],
      ['b', cell],
    ]);
    const stored = new Map([
      ['b', { contributions: 1, value: 6 }],
      ['c', cell],
    ]);
    expect(difference(expected, expected).wrong).toBe(0);
    expect(difference(expected, stored).wrong).toBe(3);
  });
});
