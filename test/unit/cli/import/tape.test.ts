import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { repositoryDir } from '../../../../infra/bootstrap/prepare.mjs';
import { DEMO_FILE } from '../../../../services/cli/demo.ts';
import { DEFAULT_SPEED } from '../../../../services/cli/import/live-demo.ts';
import { invoiceLineOf, localTimeMs } from '../../../../services/cli/import/retail.ts';
import type { InvoiceLine } from '../../../../services/cli/import/retail.ts';
import { readRows } from '../../../../services/cli/import/rows.ts';
import { eventsBetween, tapeOf } from '../../../../services/cli/import/tape.ts';

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

test('the demo’s rule breaks about as often as its file says: every sixth minute', async () => {
  const rules = readFileSync(join(repositoryDir, 'catalog', 'rules.yaml'), 'utf8');
  const threshold = Number(/when: value < (\d+)/.exec(rules)?.[1]);
  const lines: InvoiceLine[] = [];
  for await (const row of readRows(DEMO_FILE)) lines.push(invoiceLineOf(row));
  lines.sort((a, b) => localTimeMs(a.invoice_time_local) - localTimeMs(b.invoice_time_local));
  const tape = tapeOf(lines, { speed: DEFAULT_SPEED, contentHash: 'h' });
  const sums = new Map<number, number>();
  for (const { offsetMs, line } of tape.entries) {
    const minute = Math.floor(offsetMs / 60_000);
    const amount = Number(line.quantity) * Number(line.unit_price_gbp);
    sums.set(minute, (sums.get(minute) ?? 0) + amount);
  }
  const low = [...sums.values()].filter((sum) => sum < threshold);
  expect(low.length / sums.size).toBeGreaterThan(0.1);
  expect(low.length / sums.size).toBeLessThan(0.3);
});
