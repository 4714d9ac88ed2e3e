import { expect, test } from 'vitest';
import { thresholdOf } from '../../../../services/kernel/expression/threshold.ts';
import { parseCel } from '../../../../services/platform/cel.ts';

const thresholdIn = (text: string) => {
  const parsed = parseCel(text);
  return parsed.ok ? thresholdOf(parsed.value) : parsed.error;
};

test.each([
  ['value < 1000', '<', { unscaled: 1000, scale: 0 }],
  ['value >= 0.05', '>=', { unscaled: 5, scale: 2 }],
  ['0.05 <= value', '>=', { unscaled: 5, scale: 2 }],
  ['1000 > value', '<', { unscaled: 1000, scale: 0 }],
  ['value < -1.5', '<', { unscaled: -15, scale: 1 }],
])('%s compares with one number', (text, operator, literal) => {
  expect(thresholdIn(text)).toEqual({ operator, literal });
});

test.each([
  'value < previous',
  'value == 3',
  'value < 1000 && count > 3',
  'count < 3',
  '1 < 2',
  'value + 1 < 3',
])('%s has no threshold', (text) => {
  expect(thresholdIn(text)).toBeUndefined();
});
