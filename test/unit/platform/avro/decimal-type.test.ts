import { describe, expect, test } from 'vitest';
import type { Json } from '../../../../services/kernel/json.ts';
import { avroType } from '../../../../services/platform/avro/types.ts';

const bytes = avroType({ type: 'bytes', logicalType: 'decimal', precision: 30, scale: 2 });
const fixed = (size: number, precision: number): ReturnType<typeof avroType> =>
  avroType({ type: 'fixed', name: 'F', size, logicalType: 'decimal', precision, scale: 0 });

describe('a decimal', () => {
  test.each([
    [0, '0200'],
    [1, '0201'],
    [-1, '02ff'],
    [127, '027f'],
    [128, '040080'],
    [-128, '0280'],
    [-129, '04ff7f'],
    [255, '0400ff'],
    [2 ** 47, '0e00800000000000'],
    [-(2 ** 47), '0c800000000000'],
    [12_345_678_901_234_567_890n, '1200ab54a98ceb1f0ad2'],
    [-12_345_678_901_234_567_890n, '12ff54ab567314e0f52e'],
  ])('%s is as few bytes of two’s complement as hold it', (value, hex) => {
    expect(bytes.toBuffer(value).toString('hex')).toBe(hex);
    expect(bytes.fromBuffer(Buffer.from(hex, 'hex'))).toBe(value);
  });

  test('of no bytes is zero', () => expect(bytes.fromBuffer(Buffer.from([0]))).toBe(0));

  test('of a fixed size fills it with the sign', () => {
    expect(fixed(4, 9).toBuffer(255).toString('hex')).toBe('000000ff');
    expect(fixed(9, 20).toBuffer(-2).toString('hex')).toBe('fffffffffffffffffe');
    expect(fixed(9, 20).fromBuffer(Buffer.from('fffffffffffffffffe', 'hex'))).toBe(-2);
  });

  test('that its precision or size does not hold is not written', () => {
    expect(() => bytes.toBuffer(10n ** 30n)).toThrow(/invalid/);
    expect(() => fixed(1, 5).toBuffer(128)).toThrow(/invalid/);
    expect(() => fixed(8, 30).toBuffer(2n ** 63n)).toThrow(/invalid/);
    expect(() => bytes.toBuffer(1.5)).toThrow(/invalid/);
  });

  test('resolves where the scales agree, and only there', () => {
    const other = (scale: number): Json => ({
      type: 'bytes',
      logicalType: 'decimal',
      precision: 18,
      scale,
    });
    expect(
      bytes.fromBuffer(avroType(other(2)).toBuffer(255), bytes.createResolver(avroType(other(2)))),
    ).toBe(255);
    expect(() => bytes.createResolver(avroType(other(3)))).toThrow(/cannot read/);
  });

  test.each([
    ['no precision', {}],
    ['a precision of zero', { precision: 0 }],
    ['a scale beyond its precision', { precision: 2, scale: 3 }],
    ['a negative scale', { precision: 2, scale: -1 }],
  ])(
    'with %s is plain bytes, as the Avro specification wants of invalid logical types',
    (_, over) => {
      const type = avroType({ type: 'bytes', logicalType: 'decimal', ...over });
      expect(type.fromBuffer(type.toBuffer(Buffer.from('a')))).toEqual(Buffer.from('a'));
      expect(() => type.toBuffer(1)).toThrow(/invalid "bytes"/);
    },
  );
});
