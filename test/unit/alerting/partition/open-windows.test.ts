import { describe, expect, test } from 'vitest';
import { bench, lowSales, HOUR } from '../../../support/alerting.ts';

describe('a rule on open windows', () => {
  const high = { evaluate: 'onUpdate', when: 'value > 1000' } as const;

  test('fires on the update that shows it, and ends when a new window is healthy', () => {
    const b = bench(lowSales(high));
    expect(b.value(0, 500)).toEqual([]);
    const more = { accumulators: { contributions: 20, sum: 150_000 } };
    expect(b.value(0, 1500, more)).toEqual(['firing: breach']);
    expect(b.tick(1)).toEqual(['resolved: recovered']);
    expect(b.told()).toEqual(['firing', 'resolved']);
  });

  test('a closed-window rule says nothing about the same open window', () => {
    const b = bench(lowSales({ when: 'value > 1000' }));
    expect(b.value(0, 1500)).toEqual([]);
    expect(b.tick(0.5)).toEqual([]);
    expect(b.tick(1)).toEqual(['firing: breach']);
  });

  test('pending ripens by the watermark, not by updates', () => {
    const b = bench(lowSales({ ...high, for: { durationMs: HOUR / 2 } }));
    expect(b.value(0, 1500)).toEqual(['pending: breach']);
    expect(b.clock(0.9)).toEqual([]);
    expect(b.tick(0.25)).toEqual([]);
    expect(b.tick(0.5)).toEqual(['firing: breach']);
  });

  test('updates of an older window that is still open do not disturb the newest', () => {
    const b = bench(lowSales(high));
    b.value(0, 500);
    b.value(1, 1500);
    expect(b.condition()).toBe('firing');
    expect(b.value(0, 600, { accumulators: { contributions: 20, sum: 60_000 } })).toEqual([]);
    expect(b.condition()).toBe('firing');
  });
});

describe('a rule on open windows, while two windows are open', () => {
  const high = { evaluate: 'onUpdate', when: 'value > 1000' } as const;

  test('the older one that is healthy does not end what the newer one shows', () => {
    const b = bench(lowSales(high));
    b.value(0, 500);
    expect(b.value(1, 1500)).toEqual(['firing: breach']);
    expect(b.tick(0.99)).toEqual([]);
    expect(b.tick(1.01)).toEqual([]);
    expect(b.condition()).toBe('firing');
    expect(b.tick(2)).toEqual(['resolved: recovered']);
    expect(b.told()).toEqual(['firing', 'resolved']);
  });

  test('the older one that nothing came for does not end it either', () => {
    const b = bench(lowSales(high));
    b.value(0, 500);
    b.tick(1.5);
    expect(b.value(2, 1500)).toEqual(['firing: breach']);
    expect(b.tick(1.9)).toEqual([]);
    expect(b.tick(2.1)).toEqual([]);
    expect(b.told()).toEqual(['firing']);
  });

  test('a second episode in one window stands on that window, whatever late data say of a later one', () => {
    const b = bench(lowSales(high));
    const more = (contributions: number, sum: number) => ({ accumulators: { contributions, sum } });
    expect(b.value(0, 1500)).toEqual(['firing: breach']);
    expect(b.value(0, 900, more(11, 90_000))).toEqual(['resolved: recovered']);
    expect(b.value(0, 1600, more(12, 160_000))).toEqual(['firing: breach']);
    b.value(1, 1500);
    b.tick(2);
    b.value(2, 1500);
    const late = { state: 'revised', revision: 1, ...more(20, 50_000) } as const;
    expect(b.value(1, 500, late)).toEqual(['revised: breach_to_clear']);
    expect(b.condition()).toBe('firing');
  });

  test('a breach that the older one shows only when it closes is told, and ends with the newer one', () => {
    const b = bench(lowSales(high));
    b.value(0, 500);
    b.value(1, 600);
    b.value(0, 1500, { accumulators: { contributions: 20, sum: 150_000 } });
    expect(b.tick(1)).toEqual(['firing: breach', 'resolved: recovered']);
  });
});
