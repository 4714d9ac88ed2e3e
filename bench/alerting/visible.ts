import { projectionKeys } from '../../services/kernel/projection.ts';
import { HOUR_MS } from '../../services/kernel/time.ts';
import { nowMs } from '../support/clock.ts';
import type { World } from '../support/world.ts';
import { BREACH_FROM, METRIC_VERSION, metricId, seriesOf } from './catalog.ts';
import type { Place } from './load.ts';

const POLL_MS = 4;

/** When sums that breach can be read in Redis. */
export type VisibleWatch = {
  /** From now on it is looked for. */
  readonly add: (name: string, place: Place) => void;
  /** Milliseconds of `nowMs`, by name; late by one poll at most. */
  readonly seenAt: ReadonlyMap<string, number>;
  readonly end: () => Promise<void>;
};

/** @param prefix of the installation's keys */
export function watchVisible({ redis }: World, prefix: string): VisibleWatch {
  const seenAt = new Map<string, number>();
  const open = new Map<string, Place>();
  let isOver = false;

  const look = async (name: string, { metric, store }: Place): Promise<void> => {
    const keys = projectionKeys(prefix, metricId(metric), METRIC_VERSION);
    const number = await redis.hget(keys.series, seriesOf(store));
    const hourMs = Date.now() - (Date.now() % HOUR_MS);
    const cell = await redis.hget(keys.cells('hour', hourMs), String(number));
    if (Number(cell?.split('s')[1] ?? 0) < BREACH_FROM * 100) return;
    seenAt.set(name, nowMs());
    open.delete(name);
  };
  const watch = async (): Promise<void> => {
    while (!isOver) {
      await Promise.all([...open].map(([name, place]) => look(name, place)));
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  };
  const watching = watch();
  return {
    add: (name, place) => void open.set(name, place),
    seenAt,
    async end() {
      isOver = true;
      await watching;
    },
  };
}
