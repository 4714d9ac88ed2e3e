import { expect, test } from 'vitest';
import { internedTexts } from '../../../../services/platform/avro/interned-texts.ts';

test('texts that share a slot are told apart, however alike they are', () => {
  const textOf = internedTexts();
  for (let round = 0; round < 2; round++)
    for (let i = 0; i < 20_000; i++) {
      const text = `S${String(i).padStart(5, '0')}`;
      const bytes = Buffer.from(`<${text}>`);
      expect(textOf(bytes, 1, bytes.length - 1)).toBe(text);
    }
});

test.each(['', '商店', 'x'.repeat(32), 'x'.repeat(33), 'é'.repeat(40)])('%j is itself', (text) => {
  const textOf = internedTexts();
  const bytes = Buffer.from(text);
  expect([textOf(bytes, 0, bytes.length), textOf(bytes, 0, bytes.length)]).toEqual([text, text]);
});
