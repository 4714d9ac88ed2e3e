import type { ReadLedger } from '../../services/console/ports.ts';

export function memoryReadLedger(): ReadLedger {
  const seen = new Map<string, number>();
  const read = new Map<string, number>();
  return {
    note: (reads) => {
      for (const [metric, atMs] of reads) read.set(metric, atMs);
      return Promise.resolve();
    },
    see: (metrics, atMs) => {
      for (const metric of metrics) if (!seen.has(metric)) seen.set(metric, atMs);
      return Promise.resolve();
    },
    forget: (metrics) => {
      for (const metric of metrics) for (const map of [seen, read]) map.delete(metric);
      return Promise.resolve();
    },
    all: () =>
      Promise.resolve(
        new Map(
          [...seen].map(([metric, seenMs]) => {
            const readMs = read.get(metric);
            return [metric, { seenMs, ...(readMs === undefined ? {} : { readMs }) }];
          }),
        ),
      ),
  };
}
