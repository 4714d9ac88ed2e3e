import type { SourceOffsets } from '../../services/aggregator/ports.ts';

/** Logs of append times in memory: topic → partition → append time of each record, from offset 0. */
export type MemoryLogs = ReadonlyMap<string, readonly (readonly number[])[]>;

export const memorySourceOffsets = (logs: MemoryLogs): SourceOffsets => ({
  bounds: async (topic) =>
    (logs.get(topic) ?? []).map((records, partition) => ({
      partition,
      first: 0,
      end: records.length,
    })),
  async offsetAt({ topic, partition, timeMs }) {
    const records = logs.get(topic)?.[partition] ?? [];
    const found = records.findIndex((appendMs) => appendMs >= timeMs);
    return found === -1 ? records.length : found;
  },
  async recordAt({ topic, partition, offset }) {
    const appendMs = logs.get(topic)?.[partition]?.[offset];
    return appendMs === undefined ? undefined : { offset, appendMs, key: null, value: null };
  },
});
