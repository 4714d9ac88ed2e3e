import type { Catalog } from '../kernel/definitions.ts';
import type { MetricReads } from '../kernel/catalog/prune.ts';
import { MINUTE_MS } from '../kernel/time.ts';
import type { EpochMs } from '../kernel/time.ts';
import type { ReadLedger } from './ports.ts';

/** How often what was read is written down: each metric at most once in this time. */
export const WRITE_EVERY_MS = MINUTE_MS;

/** Notes which metrics people and programs ask for by name. */
export type ReadCounter = {
  /** Costs a map entry; the ledger hears of it with the next write. */
  readonly noted: (metric: string) => void;
  /** Writes down the reads since the last write, and which metrics there are. Throws redis_unavailable; nothing is lost then. */
  readonly write: () => Promise<void>;
  /** What the ledger holds, with what is not written yet. Throws redis_unavailable. */
  readonly all: () => Promise<ReadonlyMap<string, MetricReads>>;
};

/**
 * Law: the last read that `all` gives is never later than the true one and at most two minutes earlier (another console
 * may hold a minute of reads, and write an older one over a newer one of the minute before). A metric counts as there
 * from the first write that found it in the catalogue.
 */
export function createReadCounter(ports: {
  readonly ledger: ReadLedger;
  readonly catalog: () => Catalog;
  readonly now: () => EpochMs;
}): ReadCounter {
  const { ledger, catalog, now } = ports;
  let pending = new Map<string, EpochMs>();
  let seen: ReadonlySet<string> = new Set();

  const see = async (): Promise<void> => {
    const ids = new Set(catalog().metrics.keys());
    await ledger.forget([...seen].filter((id) => !ids.has(id)));
    await ledger.see(
      [...ids].filter((id) => !seen.has(id)),
      now(),
    );
    seen = ids;
  };
  return {
    noted(metric) {
      if (catalog().metrics.has(metric)) pending.set(metric, now());
    },
    async write() {
      await see();
      const written = pending;
      pending = new Map();
      try {
        await ledger.note(written);
      } catch (error) {
        pending = new Map([...written, ...pending]);
        throw error;
      }
    },
    async all() {
      await see();
      const known = new Map(await ledger.all());
      for (const [metric, readMs] of pending) {
        const { seenMs = readMs } = known.get(metric) ?? {};
        known.set(metric, { seenMs, readMs });
      }
      return known;
    },
  };
}
