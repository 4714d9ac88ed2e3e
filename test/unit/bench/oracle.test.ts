import { describe, expect, it } from 'vitest';
import { benchMetrics } from '../../../bench/orders/catalog.ts';
import {
  cellsOfMetrics,
  difference,
  expectedCells,
  minuteCells,
} from '../../../bench/orders/oracle.ts';
import { allOf, orders } from '../../../bench/orders/workload.ts';
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

  it('gives every event an id of its own, as long as a UUID', () => {
    const ids = [...new Set(orders(OPTIONS))].map(({ eventId }) => eventId);
    expect(
      ids.every((id) => /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-8000-[0-9a-f]{12}$/.test(id)),
    ).toBe(true);
  });

  it('is as dense as it is told, also by fractions of a millisecond', () => {
    const dense = [...orders({ ...OPTIONS, stepMs: 0.05 })].map(({ occurredAtMs }) => occurredAtMs);
    expect(dense.every(Number.isInteger)).toBe(true);
    const latest = dense.reduce((most, time) => Math.max(most, time));
    expect(latest).toBeLessThan(OPTIONS.fromMs + OPTIONS.events * 0.05);
    expect(latest).toBeGreaterThan(OPTIONS.fromMs + OPTIONS.events * 0.05 - 100);
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

  it('keeps a minute, an hour and a day of every series', () => {
    const cells = expectedCells([order({})], benchMetrics(2, 'v1'));
    expect([...cells.keys()]).toEqual([
      'm01|minute|1699999980000|S001\u0000web',
      'm01|hour|1699999200000|S001\u0000web',
      'm01|day|1699920000000|S001\u0000web',
      'm02|minute|1699999980000|S001',
      'm02|hour|1699999200000|S001',
      'm02|day|1699920000000|S001',
    ]);
    const [, second] = benchMetrics(2, 'v1');
    const metrics = second ? [second] : [];
    expect([...cellsOfMetrics(cells, metrics).keys()]).toHaveLength(3);
    expect([...minuteCells(cells, metrics).keys()]).toEqual(['m02|minute|1699999980000|S001']);
  });

  it('tells an event that comes again later, in another part of the workload', () => {
    const metrics = benchMetrics(1, 'v1');
    const [cell] = expectedCells(allOf([order({})], [order({})]), metrics).values();
    expect(cell).toEqual({ contributions: 1, value: 250 });
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
