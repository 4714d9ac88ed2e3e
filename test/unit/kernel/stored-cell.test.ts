import { expect, test } from 'vitest';
import { encodeLast } from '../../../services/kernel/accumulator.ts';
import { encodeSketch } from '../../../services/kernel/sketch.ts';
import { decodeCell, isCellField } from '../../../services/kernel/stored-cell.ts';

const last = { timeMs: -5, partition: 3, offset: 12, value: -70 };
const sketch = [
  [-3, 2],
  [4, 1],
] as const;

test.each([
  ['7', { contributions: 7 }],
  ['7s-1250', { contributions: 7, sum: -1250 }],
  ['7s-9007199254740995', { contributions: 7, sum: -9_007_199_254_740_995n }],
  ['1a0', { contributions: 1, min: 0 }],
  ['1z12', { contributions: 1, max: 12 }],
  [`2l${encodeLast(last)}`, { contributions: 2, last }],
  [`3q${encodeSketch(sketch)}`, { contributions: 3, sketch }],
])('the cell %s', (text, cell) => {
  expect(decodeCell(text)).toEqual(cell);
});

test.each([
  ['0', true],
  ['120', true],
  ['120.r', false],
  ['end', false],
  ['stage', false],
])('whether the field %s is a cell: %s', (name, isOne) => {
  expect(isCellField(name)).toBe(isOne);
});
