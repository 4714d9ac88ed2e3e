import { expect, test } from 'vitest';
import { crc32c } from '../../../../services/platform/kafka/crc32c.ts';
import { slowCrc32c } from '../../../support/record-batches.ts';

test.each([
  { name: '32 zero bytes', bytes: Buffer.alloc(32), crc: 0x8a9136aa },
  { name: '32 bytes of ones', bytes: Buffer.alloc(32, 0xff), crc: 0x62a8ab43 },
  { name: '0 to 31', bytes: Buffer.from(Array.from({ length: 32 }, (_, i) => i)), crc: 0x46dd794e },
  {
    name: '31 to 0',
    bytes: Buffer.from(Array.from({ length: 32 }, (_, i) => 31 - i)),
    crc: 0x113fdb5c,
  },
  { name: 'the nine digits', bytes: Buffer.from('123456789'), crc: 0xe3069283 },
  { name: 'nothing', bytes: Buffer.alloc(0), crc: 0 },
])('CRC-32C of $name is that of RFC 3720', ({ bytes, crc }) => {
  expect(crc32c(bytes, 0, bytes.length)).toBe(crc);
});

test('any stretch at any place gives what a byte at a time gives', () => {
  const bytes = Buffer.from(Array.from({ length: 200 }, (_, i) => (i * 89 + 17) & 0xff)).subarray(
    3,
  );
  for (let from = 0; from < 20; from++)
    for (let to = from; to < bytes.length; to += 7)
      expect(crc32c(bytes, from, to)).toBe(slowCrc32c(bytes.subarray(from, to)) >>> 0);
});
