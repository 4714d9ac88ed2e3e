import { describe, expect, test } from 'vitest';
import { beginning } from '../../../../services/kernel/import/ledger.ts';
import type { LedgerEntry } from '../../../../services/kernel/import/ledger.ts';

const entry = (over: Partial<LedgerEntry> = {}): LedgerEntry => ({
  file: 'orders.csv',
  plan: 'p',
  startedAt: '2026-11-25T04:00:00.000Z',
  rows: 1_000,
  accepted: 990,
  rejected: 10,
  ...over,
});
const finished = entry({ finishedAt: '2026-11-25T04:01:00.000Z' });

describe('an import begins', () => {
  const wanted = { plan: 'p', isForced: false };
  test.each<[string, LedgerEntry | undefined, { plan: string; isForced: boolean }, number]>([
    ['at the start, when the content is new', undefined, wanted, 0],
    ['after the answered rows, when it was interrupted', entry(), wanted, 1_000],
    ['at the start, when it is forced', finished, { plan: 'q', isForced: true }, 0],
    ['at the start, when an interrupted one is forced', entry(), { plan: 'p', isForced: true }, 0],
  ])('%s', (_, ...[before, request, rows]) => {
    expect(beginning(before, request)).toMatchObject({ ok: true, value: { rows } });
  });

  test('not, when the same content was imported', () => {
    expect(beginning(finished, wanted)).toMatchObject({
      ok: false,
      error: { reason: 'imported', entry: finished },
    });
  });

  test('not, when an interrupted import of it had other options', () => {
    expect(beginning(entry(), { plan: 'q', isForced: false })).toMatchObject({
      ok: false,
      error: { reason: 'other_options', entry: entry() },
    });
  });
});
