import { gunzipSync, zstdDecompressSync } from 'node:zlib';

const CODEC_MASK = 0x07;
const CODECS = ['none', 'gzip', 'snappy', 'lz4', 'zstd'];
/** Brokers bound what is packed (`max.message.bytes`, 1 MiB), not what comes out. */
const UNPACKED_BYTES_MAX = 1 << 28;

/**
 * Records of a batch whose attributes name a codec.
 * @returns undefined when they lie there as they are
 * @throws what `fault` makes of a codec that is not known here, and of bytes that do not unpack
 */
export function decompress(
  attributes: number,
  bytes: Buffer,
  packed: {
    readonly from: number;
    readonly to: number;
    readonly fault: (what: string, cause?: unknown) => Error;
  },
): Buffer | undefined {
  const codec = attributes & CODEC_MASK;
  if (codec === 0) return undefined;
  const name = CODECS[codec] ?? `codec ${codec}`;
  const unpack = name === 'gzip' ? gunzipSync : name === 'zstd' ? zstdDecompressSync : undefined;
  if (!unpack)
    throw packed.fault(`a batch is packed with ${name}; only gzip and zstd are read here`);
  try {
    return unpack(bytes.subarray(packed.from, packed.to), { maxOutputLength: UNPACKED_BYTES_MAX });
  } catch (cause) {
    throw packed.fault(`a batch does not unpack by ${name}: ${(cause as Error).message}`, cause);
  }
}
