import { expect, test } from 'vitest';
import { verifiedOf } from '../../../../../services/console/web/data/verify.ts';
import type { VerifyAnswer } from '../../../../../services/console/web/data/verify.ts';

const projection = (metric: string): VerifyAnswer['projections'][number] => ({
  metric,
  differences: [],
  records: 40,
  cursors: [{ topic: 'events.shop', partition: 1, offset: 41 }],
});
const answer = (change: Partial<VerifyAnswer> = {}): VerifyAnswer => ({
  checked: 122,
  differing: 0,
  seconds: 0.4,
  projections: [projection('orders'), projection('cancels')],
  ...change,
});

test('a verified window says what was compared, when, and up to where the log was counted', () => {
  expect(verifiedOf(answer(), 7)).toEqual({
    verdict: 'equal',
    checked: 122,
    differing: 0,
    seconds: 0.4,
    records: 80,
    atMs: 7,
    differences: [],
    cursors: ['orders ← events.shop/1@41', 'cancels ← events.shop/1@41'],
  });
});

test('one cell that differs is not outweighed by those that do not, and no cell is no proof', () => {
  expect(verifiedOf(answer({ differing: 1 }), 0).verdict).toBe('differing');
  expect(verifiedOf(answer({ checked: 0 }), 0).verdict).toBe('nothing');
});
