import { expect } from 'vitest';
import { closeSpans, folding } from '../../services/aggregator/core/fold.ts';
import { partitionJudge } from '../../services/aggregator/core/judge.ts';
import type { PartitionJudge } from '../../services/aggregator/core/judge.ts';
import type { FlushRequest } from '../../services/aggregator/core/flush.ts';
import { emptyNotes } from '../../services/aggregator/core/notes.ts';
import { ProjectionState } from '../../services/aggregator/core/projection-state.ts';
import { indexStarts, openProjection } from '../../services/aggregator/opening.ts';
import type { ProjectionStore } from '../../services/aggregator/ports.ts';
import type { SimpleMetric } from '../../services/kernel/definitions.ts';
import { encodeSketch } from '../../services/kernel/sketch.ts';
import type { MemoryProjectionStore } from './memory-projection-store.ts';
import { recount } from './oracle.ts';
import type { OracleCell, OracleMetric } from './oracle.ts';
import { ORDERS, RULES } from './order-events.ts';
import { loggedUpTo, offsetsOf, planOf, readerOf, TOPIC } from './order-topic.ts';
import type { OrderTopic } from './order-topic.ts';

export type Pair = { readonly metric: SimpleMetric; readonly oracle: OracleMetric };

/**
 * The aggregator's core over a topic in memory, one step at a time: what a worker does between the log and its store,
 * without timers, so that a test says what happens when.
 */
export type CountingWorker = {
  /** Takes the stored cursors up, unless they are; judges that reach back to them go on. */
  readonly open: () => Promise<void>;
  /** Reads on, to this offset of the partition. Does nothing where reading is further. */
  readonly read: (partition: number, to: number) => void;
  /** Hands the judge and the projection records again that they have read: the last `records` of the partition. */
  readonly readAgain: (partition: number, records: number) => void;
  /** Takes what was gathered as a flush that is on its way; undefined when there is nothing. */
  readonly send: () => FlushRequest | undefined;
  /** Gives it to the store and learns the outcome; a worker that is refused must be opened again. */
  readonly settle: (request: FlushRequest) => Promise<void>;
};

type World = { readonly topic: OrderTopic; readonly store: ProjectionStore };
/** No two generations are alike, whichever worker began them. */
let generations = 0;

type Reading = { readonly judge: PartitionJudge; readonly from: number; position: number };

export function countingWorker({ topic, store }: World, metric: SimpleMetric): CountingWorker {
  const plan = planOf(metric);
  const offsets = offsetsOf(topic);
  const readings = new Map<number, Reading>();
  let projection: ProjectionState | undefined;

  const take = (partition: number, from: number, to: number): void => {
    const entries = topic[partition] ?? [];
    const { judge } = readings.get(partition) as Reading;
    const projections = projection ? [projection] : [];
    for (const { record } of entries.slice(from, to)) {
      const judged = judge.judge(record, readerOf(record));
      const into = { projections, notes: emptyNotes() };
      folding(into, { topic: TOPIC, partition })(record, judged);
    }
    const ends = { fetchedOffset: from, nextOffset: to, endOffset: entries.length };
    closeSpans(projections, { topic: TOPIC, partition, ...ends });
  };

  return {
    async open() {
      if (projection) return;
      const ports = {
        store,
        offsets,
        clock: { sleep: async () => {}, after: () => () => {} },
        newGeneration: () => `g${++generations}`,
        onRebuild: () => {},
      };
      const stored = await openProjection(ports, plan);
      projection = new ProjectionState(plan, stored);
      const starts = await indexStarts(offsets, ORDERS, stored.partitions);
      for (const { partition, next, first } of stored.partitions) {
        const reading = readings.get(partition);
        const isEnough = reading && reading.judge.base() <= next && reading.from >= first;
        const from = starts.get(partition) as number;
        const fresh = { judge: partitionJudge(ORDERS, next), from, position: from };
        const now = isEnough ? reading : fresh;
        now.position = Math.min(now.position, next);
        readings.set(partition, now);
      }
    },
    read(partition, to) {
      const reading = readings.get(partition);
      if (!reading || reading.position >= to) return;
      take(partition, reading.position, to);
      reading.position = to;
    },
    readAgain(partition, records) {
      const reading = readings.get(partition);
      if (!reading) return;
      // A judge is not asked about what lies before the cursor that it was made for.
      const from = Math.max(reading.position - records, reading.judge.base());
      if (from < reading.position) take(partition, from, reading.position);
    },
    send: () => projection?.take(),
    async settle(request) {
      const result = await store.apply({ metric: metric.id, version: metric.version }, request);
      if (result.kind === 'applied') projection?.applied(request, result.numbers);
      else projection = undefined;
    },
  };
}

/** A worker reads what is left, in one batch, and flushes it. */
export async function finish(world: World, metric: SimpleMetric): Promise<void> {
  const worker = countingWorker(world, metric);
  await worker.open();
  for (const [partition, { length }] of world.topic.entries()) worker.read(partition, length);
  const request = worker.send();
  if (request) await worker.settle(request);
}

/** What a projection is as far as the log alone decides: revisions and marks depend on when flushes happened. */
export type Content = {
  readonly cells: Readonly<Record<string, OracleCell>>;
  readonly outcomes: Readonly<Record<string, number>>;
  readonly cursors: readonly number[];
};

export function contentOf(store: MemoryProjectionStore, metric: SimpleMetric): Content {
  const projection = store.projections.get(`${metric.id}@${metric.version}`);
  const cells: Record<string, OracleCell> = {};
  const outcomes: Record<string, number> = {};
  const names = new Map([...(projection?.series ?? [])].map(([key, number]) => [number, key]));
  for (const { grain, startMs, cells: stored } of projection?.windows.values() ?? [])
    for (const [number, { accumulators, members }] of stored) {
      const { contributions, sum, min, max, last, sketch } = accumulators;
      cells[`${grain}|${startMs}|${names.get(number)}`] = {
        contributions,
        ...(sum === undefined ? {} : { sum: BigInt(sum) }),
        ...(min === undefined ? {} : { min: BigInt(min) }),
        ...(max === undefined ? {} : { max: BigInt(max) }),
        ...(last === undefined ? {} : { last: BigInt(last.value) }),
        ...(members === undefined ? {} : { distinct: members.size }),
        ...(sketch === undefined ? {} : { sketch: encodeSketch(sketch) }),
      };
    }
  for (const [field, by] of projection?.counters ?? []) {
    const outcome = field.slice(field.lastIndexOf(':') + 1);
    outcomes[outcome] = (outcomes[outcome] ?? 0) + by;
  }
  const spans = [...(projection?.spans.values() ?? [])];
  const cursors = spans.toSorted((a, b) => a.partition - b.partition).map(({ next }) => next);
  return { cells, outcomes, cursors };
}

/** What the oracle makes of the topic up to these cursors. */
export const oracleUpTo = (
  topic: OrderTopic,
  cursors: readonly number[],
  { oracle }: Pair,
): Content => ({ ...recount(loggedUpTo(topic, cursors), RULES, oracle), cursors });

export function expectOracle(
  { topic, store }: { topic: OrderTopic; store: MemoryProjectionStore },
  pair: Pair,
): void {
  const content = contentOf(store, pair.metric);
  expect(content).toEqual(oracleUpTo(topic, content.cursors, pair));
}
