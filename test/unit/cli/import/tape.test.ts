import { describe, expect, test } from 'vitest';
import { eventsBetween, tapeOf } from '../../../../services/cli/import/tape.ts';
import type { InvoiceLine } from '../../../../services/cli/import/retail.ts';

const lineAt = (time: string, over: Partial<InvoiceLine> = {}): InvoiceLine => ({
  invoice_no: '536365',
  line: '1',
  stock_code: '85123A',
  description: 'LANTERN',
  quantity: '6',
  invoice_time_local: time,
  unit_price_gbp: '2.55',
  customer_id: '17850',
  country: 'United Kingdom',
  ...over,
});
const LINES = [
  lineAt('2010-12-01T08:26:00'),
  lineAt('2010-12-01T08:27:00', { line: '1', invoice_no: 'C536366' }),
  lineAt('2010-12-01T08:27:00', { line: '2', invoice_no: 'C536366' }),
  lineAt('2010-12-02T09:00:00', { invoice_no: '536367' }),
];
const tape = tapeOf(LINES, { speed: 60, contentHash: 'h' });

describe('a tape', () => {
  test('plays at its speed, spreads the lines of a minute, and cuts the nights', () => {
    expect(tape.entries.map(({ offsetMs }) => offsetMs)).toEqual([0, 1_000, 2_000, 3_000]);
    expect(tape.lapMs).toBe(5_000);
  });

  test('gives each event once, however its time is cut into stretches', () => {
    const whole = [...eventsBetween(tape, 0, 60_000)];
    const cuts = [0, 1, 999, 1_000, 4_999, 5_000, 12_345, 60_000];
    const parts = cuts
      .slice(1)
      .flatMap((to, index) => [...eventsBetween(tape, cuts[index] ?? 0, to)]);
    expect(parts).toEqual(whole);
    expect(whole).toHaveLength(12 * LINES.length);
  });

  test('gives each lap invoices of its own, cancellations among them', () => {
    const numbers = [...eventsBetween(tape, 10_000, 20_000)].map(({ line }) => line.invoice_no);
    expect(new Set(numbers).size).toBe(6);
    expect(numbers.filter((number) => number.startsWith('C536366.'))).toHaveLength(4);
  });

  test('is the same for the same file and speed, and another one for others', () => {
    const at = (other: typeof tape) =>
      [...eventsBetween(other, 10_000, 11_000)].map(({ line }) => line.invoice_no);
    expect(at(tapeOf(LINES, { speed: 60, contentHash: 'h' }))).toEqual(at(tape));
    expect(at(tapeOf(LINES, { speed: 60, contentHash: 'i' }))).not.toEqual(at(tape));
    expect(tapeOf(LINES, { speed: 30, contentHash: 'h' }).tag).not.toBe(tape.tag);
  });

  test('begins anywhere: today is in the middle of a lap', () => {
    const now = Date.parse('2026-11-25T04:00:00Z');
    const times = [...eventsBetween(tape, now, now + 10_000)].map(({ timeMs }) => timeMs - now);
    expect(times.toSorted((a, b) => a - b)).toEqual(times);
    expect(times).toHaveLength(8);
  });
});
