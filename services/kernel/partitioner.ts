/**
 * Partition of a key as the Java client's default partitioner chooses it, so that direct producers and ingest agree.
 * @param key bytes of the record key   @param partitions count, > 0
 * @see org.apache.kafka.common.utils.Utils#murmur2; KIP-480
 */
export function partitionOf(key: Uint8Array, partitions: number): number {
  return (murmur2(key) & 0x7fffffff) % partitions;
}

function murmur2(data: Uint8Array): number {
  const m = 0x5bd1e995;
  let h = 0x9747b28c ^ data.length;
  const blocks = data.length & ~3;
  for (let i = 0; i < blocks; i += 4) {
    let k =
      (data[i] as number) |
      ((data[i + 1] as number) << 8) |
      ((data[i + 2] as number) << 16) |
      ((data[i + 3] as number) << 24);
    k = Math.imul(k, m);
    k = Math.imul(k ^ (k >>> 24), m);
    h = Math.imul(h, m) ^ k;
  }
  const tail = data.length & 3;
  if (tail === 3) h ^= (data[blocks + 2] as number) << 16;
  if (tail >= 2) h ^= (data[blocks + 1] as number) << 8;
  if (tail >= 1) h = Math.imul(h ^ (data[blocks] as number), m);
  h = Math.imul(h ^ (h >>> 13), m);
  return h ^ (h >>> 15);
}
