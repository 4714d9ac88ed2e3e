import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { compileFormula } from '../../../../services/kernel/expression/formula.ts';
import { parseFormula } from '../../../../services/kernel/expression/formula-parser.ts';
import { normalize } from '../../../../services/kernel/integer.ts';
import { parseCel } from '../../../../services/platform/cel.ts';

const { text } = fc.letrec<{ text: string }>((tie) => ({
  text: fc.oneof(
    { maxDepth: 4, depthSize: 'small' },
    fc.constantFrom('net_sales', 'orders', '2', '0.05'),
    fc
      .tuple(tie('text'), fc.constantFrom(' + ', '-', '*', ' / '), tie('text'))
      .map((p) => p.join('')),
    tie('text').map((inner) => `(${inner})`),
    tie('text').map((inner) => `- ${inner}`),
  ),
}));

const withoutSpans = (value: unknown): unknown =>
  JSON.parse(
    JSON.stringify(value, (key, item: unknown) =>
      key === 'start' || key === 'end' ? undefined : item,
    ),
  );

test('the formula parser reads what CEL reads, as CEL reads it', () => {
  fc.assert(
    fc.property(text, (formula) => {
      const ours = parseFormula(formula);
      const cel = parseCel(formula);
      expect(ours.ok && withoutSpans(ours.value)).toEqual(cel.ok && withoutSpans(cel.value));
    }),
    { numRuns: 1000 },
  );
});

test('a ratio is the exact quotient, rounded once, half to even', () => {
  const ratio = compileFormula('a / b');
  const amount = fc.bigInt({ min: -(10n ** 18n), max: 10n ** 18n });
  fc.assert(
    fc.property(amount, amount, fc.integer({ min: 0, max: 6 }), (a, b, scale) => {
      fc.pre(b !== 0n);
      const inputs = new Map([
        ['a', { unscaled: normalize(a), scale: 2 }],
        ['b', { unscaled: normalize(b), scale: 2 }],
      ]);
      const value = ratio.ok ? ratio.value.evaluate(inputs, scale).value : null;
      const twiceError = 2n * (BigInt(value ?? 0) * b - a * 10n ** BigInt(scale));
      const size = b < 0n ? -b : b;
      expect(twiceError <= size && twiceError >= -size).toBe(true);
      if (twiceError === size || twiceError === -size) expect(BigInt(value ?? 1) % 2n).toBe(0n);
    }),
    { numRuns: 1000 },
  );
});
