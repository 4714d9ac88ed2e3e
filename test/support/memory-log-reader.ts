import type { KeptRecord } from '../../services/aggregator/core/source-record.ts';
import type { LogReader } from '../../services/aggregator/ports.ts';

/** Reads records in memory, some at a time. @param logs topic → partition → its records, in order */
export const memoryLogReader = (
  logs: ReadonlyMap<string, readonly (readonly KeptRecord[])[]>,
  runLength = 7,
): LogReader => ({
  async read({ topic, partition, from, to }, onRecords) {
    const records = (logs.get(topic)?.[partition] ?? []).filter(
      ({ offset }) => offset >= from && offset < to,
    );
    for (let at = 0; at < records.length; at += runLength)
      if (!(await onRecords(records.slice(at, at + runLength)))) return;
  },
});
