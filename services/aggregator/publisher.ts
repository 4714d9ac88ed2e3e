import type { SimpleMetric } from '../kernel/definitions.ts';
import { SECOND_MS } from '../kernel/time.ts';
import { tickUpdate, valueUpdates } from './core/publication.ts';
import type { AggregatorSinks, Clock, ProjectionStore } from './ports.ts';

/** Cells read, published and cleared in one go. */
const CELLS_PER_ROUND = 500;
const WINDOWS_PER_ROUND = 200;
const RETRY_AFTER_MS = 500;

export type PublisherPorts = {
  readonly store: ProjectionStore;
  readonly sinks: AggregatorSinks;
  readonly clock: Clock;
  readonly now: () => number;
  readonly onError: (error: unknown) => void;
};

/**
 * Publishes what changed in a projection: windows that the watermark passed move on, changed cells are read as one
 * view, sent, and cleared only if they still are what was sent. At least once; consumers keep the most contributions.
 */
export type Publisher = {
  /** Asks for a round; asking again while one runs makes one more. */
  readonly request: (metric: SimpleMetric) => void;
  readonly stop: () => Promise<void>;
};

export function createPublisher(ports: PublisherPorts): Publisher {
  const { store, sinks, clock, now } = ports;
  const wanted = new Map<string, SimpleMetric>();
  const running = new Map<string, Promise<void>>();
  const lastTickMs = new Map<string, number>();
  let stopped = false;

  const keyOf = (metric: SimpleMetric): string => `${metric.id}@${metric.version}`;

  const round = async (metric: SimpleMetric): Promise<boolean> => {
    const ref = { metric: metric.id, version: metric.version };
    const moved = await store.advance(metric, WINDOWS_PER_ROUND);
    const batch = await store.readDirty(metric, CELLS_PER_ROUND);
    const series = await store.seriesKeys(
      ref,
      batch.cells.map((cell) => cell.series),
    );
    const tickDue = now() - (lastTickMs.get(keyOf(metric)) ?? 0) >= SECOND_MS;
    const updates = [
      ...valueUpdates(metric, batch, { series, nowMs: now() }),
      ...(tickDue ? [tickUpdate(metric, batch, now())] : []),
    ];
    if (updates.length > 0) await sinks.updates(updates);
    if (tickDue) lastTickMs.set(keyOf(metric), now());
    await store.clearDirty(ref, batch.cells);
    return moved >= WINDOWS_PER_ROUND || batch.cells.length >= CELLS_PER_ROUND;
  };

  const drain = async (key: string): Promise<void> => {
    for (let metric = wanted.get(key); metric && !stopped; metric = wanted.get(key)) {
      wanted.delete(key);
      try {
        if (await round(metric)) wanted.set(key, metric);
      } catch (error) {
        ports.onError(error);
        wanted.set(key, metric);
        await clock.sleep(RETRY_AFTER_MS);
      }
    }
  };

  return {
    request(metric) {
      const key = keyOf(metric);
      wanted.set(key, metric);
      if (running.has(key) || stopped) return;
      running.set(
        key,
        drain(key).finally(() => running.delete(key)),
      );
    },
    async stop() {
      stopped = true;
      await Promise.all(running.values());
    },
  };
}
