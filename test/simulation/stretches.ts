import { TidemarkError } from '../../services/kernel/errors.ts';
import type { StretchReader } from '../../services/aggregator/ports.ts';
import { createBatch } from './batch.ts';
import type { Topic } from './topic.ts';

/** Records that one fetch brings. */
const FETCH_MAX = 8;

/** Plain fetches of a topic. @param ask how long an answer takes, and whether it comes */
export function stretchesOf(topic: Topic, ask: <T>(perform: () => T) => Promise<T>): StretchReader {
  return {
    async readInPlace({ partition, from, to }, onFetch) {
      for (let next = from; next < to;) {
        const fetchedOffset = next;
        const { records, nextOffset } = await ask(() => {
          const { first, end } = topic.bounds(partition);
          if (fetchedOffset < first) return { records: [], nextOffset: first };
          const records = topic.read(partition, fetchedOffset, FETCH_MAX);
          return { records, nextOffset: (records.at(-1)?.offset ?? end - 1) + 1 };
        });
        if (nextOffset <= next)
          throw new TidemarkError('broker_unavailable', `the log ends at ${nextOffset}`);
        next = nextOffset;
        const at = { topic: topic.name, partition, fetchedOffset, endOffset: nextOffset };
        const batch = createBatch({ ...at, nextOffset }, records);
        const isToGoOn = await onFetch(batch);
        batch.release();
        if (!isToGoOn) return;
      }
    },
  };
}
