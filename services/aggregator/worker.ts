import type { EventTypeDefinition } from '../kernel/definitions.ts';
import { TidemarkError } from '../kernel/errors.ts';
import type { EpochMs } from '../kernel/time.ts';
import { closeSpans, fold } from './core/fold.ts';
import { partitionJudge } from './core/judge.ts';
import type { PartitionJudge, RecordReader } from './core/judge.ts';
import type { MetricPlan } from './core/metric-plan.ts';
import { emptyNotes } from './core/notes.ts';
import type { Notes } from './core/notes.ts';
import { ProjectionState } from './core/projection-state.ts';
import { createFlusher } from './flusher.ts';
import { indexStarts, openProjection } from './opening.ts';
import type {
  AggregatorSinks,
  Clock,
  ProjectionStore,
  ReaderSource,
  ReadPlan,
  SourceBatch,
  SourceConsumer,
  SourceOffsets,
  SourcePartition,
  StoredPartition,
  StoredProjection,
  WorkerObserver,
} from './ports.ts';

export type WorkerPorts = {
  readonly store: ProjectionStore;
  readonly consumer: SourceConsumer;
  readonly offsets: SourceOffsets;
  readonly readers: ReaderSource;
  readonly sinks: Pick<AggregatorSinks, 'deadLetters' | 'lateEvents'>;
  readonly observer: WorkerObserver;
  readonly clock: Clock;
  readonly newGeneration: () => string;
  readonly schemaIdOf: (value: Buffer | null) => number | undefined;
  /** Called after each round with the metrics whose cells, cursors or watermarks moved. */
  readonly onFlushed: (plans: readonly MetricPlan[]) => void;
};

/**
 * Cells and distinct members of one projection at which a flush begins; when one is under way, reading waits for it. One
 * script carries about this many at some 5 µs each, so that Redis is held for some 25 ms. Fewer cost dearly: a metric with
 * more cells in play than this sends each of them again and again (at 1,000 a catch-up took 39 + 32 µs of Node and Redis
 * per event, at 5,000 it takes 14 + 2).
 */
const WEIGHT_MAX = 5_000;
const RETRY_AFTER_MS = 250;
/** Offsets below the smallest cursor whose verdicts are kept: what a projection that is opened again may step back. */
const KEPT_OFFSETS = 1 << 18;
/** How often a partition may come with another offset than was asked for, until its cursors are looked at again. */
const STRAYS_MAX = 3;
const SILENCE_MS_MAX = 60_000;

type PartitionState = {
  readonly judge: PartitionJudge;
  /** Where reading for the judge's index began. */
  readonly from: number;
  /** Next offset to be read. */
  position: number;
  strays: number;
};

/**
 * The live lane of one topic in one process: reads its partitions, gathers for every projection, flushes. Whatever is
 * unsure, of one projection, is dropped and read again from its stored cursor; others skip what they have.
 */
export type Worker = {
  /** Takes up these metrics of the topic: new ones begin at their stored cursor or the log's start, others go on. */
  readonly setPlans: (plans: readonly MetricPlan[]) => void;
  readonly start: () => Promise<void>;
  readonly projections: () => readonly ProjectionState[];
  readonly owns: (partition: number) => boolean;
  /**
   * Called every few seconds with what lies between the cursors and the log's end. A consumer that has given nothing for
   * a minute while there is something to read is dead in a living process: it is started again.
   */
  readonly supervise: (lagRecords: number, nowMs: EpochMs) => void;
  /** Why it cannot do all of its job, one sentence each. */
  readonly missing: () => readonly string[];
  readonly stop: () => Promise<void>;
};

// long: one worker is one state that its steps share; what stands alone is in flusher.ts and opening.ts.
export function createWorker(
  ports: WorkerPorts,
  source: { readonly topic: string; readonly type: EventTypeDefinition },
): Worker {
  const { store, consumer, offsets, sinks, observer, clock } = ports;
  const { topic, type } = source;
  const plans = new Map<string, MetricPlan>();
  const projections = new Map<string, ProjectionState>();
  /** Projections that are being opened; the token tells an opening from one that was called off. */
  const opening = new Map<string, symbol>();
  /** What needs a person, by projection or topic. */
  const halted = new Map<string, string>();
  const partitions = new Map<number, PartitionState>();
  let assigned: readonly SourcePartition[] = [];
  let assignment = 0;
  let readPlan: ReadPlan = { schema: type.schema, fields: new Set() };
  let readers = new Map<number, RecordReader>();
  let notes: Notes = emptyNotes();
  let stopped = false;
  let batches = 0;
  let seen = { batches: 0, atMs: 0 };

  const active = (): readonly ProjectionState[] => [...projections.values()];
  const keyOf = (plan: MetricPlan): string => `${plan.metric.id}@${plan.metric.version}`;
  const owns = (partition: number): boolean => assigned.some((one) => one.partition === partition);
  const halt = (what: string, error: unknown): void => {
    halted.set(what, `${what}: ${(error as Error).message}`);
    observer.halted(what, error);
  };

  // ---- projections come and go

  /** Opens a projection until it works: a Redis or broker that does not answer blocks, and shows as lag. */
  const join = async (key: string, delayMs = 0): Promise<void> => {
    const token = Symbol(key);
    opening.set(key, token);
    const isWanted = (): boolean => !stopped && opening.get(key) === token;
    if (delayMs > 0) await clock.sleep(delayMs);
    while (isWanted()) {
      const plan = plans.get(key) as MetricPlan;
      const mine = assignment;
      try {
        const stored = await openProjection({ ...ports, onRebuild: noteRebuild }, plan);
        const starts = await indexStarts(offsets, type, uncovered(stored));
        if (isWanted() && mine === assignment && activate(key, { stored, starts })) return;
      } catch (error) {
        if (!isWanted()) return;
        if (error instanceof TidemarkError && error.code === 'topic_mismatch') {
          opening.delete(key);
          return halt(key, error);
        }
        observer.restarted(key, error);
        await clock.sleep(RETRY_AFTER_MS);
      }
    }
  };
  const noteRebuild = (plan: MetricPlan, reason: string): void =>
    observer.restarted(keyOf(plan), new Error(`rebuilt from the log's start: ${reason}`));

  /** Drops what was gathered for a projection and opens it again. */
  const rejoin = (
    projection: ProjectionState,
    fault: { reason: unknown; delayMs: number },
  ): void => {
    const key = keyOf(projection.plan);
    if (projections.get(key) !== projection || stopped) return;
    projections.delete(key);
    observer.restarted(key, fault.reason);
    if (projections.size === 0) for (const at of assigned) consumer.pause(at);
    void join(key, fault.delayMs);
  };

  /**
   * Whether the judge at hand cannot serve this cursor: it does not reach back to it, or it knows records that retention
   * took before the projection was begun. Nobody else can know those any more, and all must judge alike (test/model).
   */
  const needsIndex = ({ partition, next, first }: StoredPartition): boolean => {
    const state = partitions.get(partition);
    return !state || state.judge.base() > next || state.from < first;
  };

  /** Cursors of my partitions whose judge does not reach back to them. */
  const uncovered = ({ partitions: cursors }: StoredProjection) =>
    cursors.filter((one) => owns(one.partition) && needsIndex(one));

  /** From here on the projection gathers: reading steps back to its cursors, where others skip what they have. */
  const activate = (
    key: string,
    opened: { stored: StoredProjection; starts: ReadonlyMap<number, number> },
  ): boolean => {
    const projection = new ProjectionState(plans.get(key) as MetricPlan, opened.stored);
    const { stored, starts } = opened;
    const cursors = stored.partitions.filter(({ partition }) => owns(partition));
    if (cursors.some((one) => needsIndex(one) && !starts.has(one.partition))) return false;
    for (const cursor of cursors) {
      const { partition, next } = cursor;
      const from = starts.get(partition) as number;
      const state = needsIndex(cursor)
        ? { judge: partitionJudge(type, next), from, position: from, strays: 0 }
        : (partitions.get(partition) as PartitionState);
      state.position = Math.min(state.position, next);
      partitions.set(partition, state);
      consumer.seek(cursor, state.position);
    }
    opening.delete(key);
    halted.delete(key);
    projections.set(key, projection);
    // A judge made anew does not reach back to a projection that is further behind.
    const isBehind = (one: ProjectionState, { partition }: StoredPartition): boolean =>
      one.next(topic, partition) < (partitions.get(partition)?.judge.base() ?? 0);
    const reason = new Error(`${topic} is judged anew`);
    for (const other of active())
      if (cursors.some((at) => isBehind(other, at))) rejoin(other, { reason, delayMs: 0 });
    return true;
  };

  const onAssigned = (list: readonly SourcePartition[]): void => {
    assignment++;
    assigned = list;
    const kept = new Set(list.map(({ partition }) => partition));
    // What a judge knows is a function of the log: it stays true whoever reads on in the meantime.
    for (const partition of partitions.keys())
      if (!kept.has(partition)) partitions.delete(partition);
    projections.clear();
    notes = emptyNotes();
    for (const key of plans.keys()) if (!halted.has(key)) void join(key);
  };

  // ---- records come in

  const onBatch = async (batch: SourceBatch): Promise<boolean> => {
    batches++;
    const state = partitions.get(batch.partition);
    if (stopped || !state || projections.size === 0) {
      consumer.pause(batch);
      return false;
    }
    if (batch.fetchedOffset !== state.position) return stray(batch, state);
    state.strays = 0;
    try {
      return await take(batch, state);
    } catch (error) {
      if (error instanceof TidemarkError && error.code === 'registry_unavailable') {
        observer.restarted(topic, error);
        await clock.sleep(RETRY_AFTER_MS);
        return false;
      }
      for (const at of assigned) consumer.pause(at);
      halt(topic, error);
      return false;
    }
  };

  /** The fetch did not begin where reading stands: from before a seek, or the log no longer holds that offset. */
  const stray = (batch: SourceBatch, state: PartitionState): boolean => {
    state.strays++;
    if (state.strays < STRAYS_MAX) {
      consumer.seek(batch, state.position);
      return false;
    }
    partitions.delete(batch.partition);
    consumer.pause(batch);
    const reason = new Error(
      `${topic}/${batch.partition} gives ${batch.fetchedOffset} in place of ${state.position}`,
    );
    for (const projection of projections.values())
      rejoin(projection, { reason, delayMs: RETRY_AFTER_MS });
    return false;
  };

  const take = async (batch: SourceBatch, state: PartitionState): Promise<boolean> => {
    const known = readers;
    const unknown = new Map<number, RecordReader>();
    const isCurrent = (position: number): boolean =>
      !stopped &&
      readers === known &&
      partitions.get(batch.partition) === state &&
      state.position === position;
    for (const { value } of batch.records) {
      const id = ports.schemaIdOf(value);
      if (id === undefined || known.has(id) || unknown.has(id)) continue;
      const reader = await ports.readers.readerOf(id, readPlan);
      // An id that the registry does not know yet may become known; for how long not to ask again is the registry client's.
      const isKnown = reader.kind !== 'refused' || reader.code !== 'schema_unknown';
      (isKnown ? known : unknown).set(id, reader);
    }
    if (!isCurrent(batch.fetchedOffset)) return false;
    for (const record of batch.records) {
      const id = ports.schemaIdOf(record.value);
      const reader = id === undefined ? undefined : (known.get(id) ?? unknown.get(id));
      fold({ projections: active(), notes }, batch, {
        record,
        judged: state.judge.judge(record, reader),
      });
      state.position = record.offset + 1;
      if (heaviest() <= WEIGHT_MAX) continue;
      await flusher.idle();
      void flusher.flush();
      if (!isCurrent(record.offset + 1)) return false;
    }
    state.position = batch.nextOffset;
    closeSpans(active(), batch, batch.records.at(-1));
    flusher.schedule();
    return true;
  };

  const heaviest = (): number => Math.max(0, ...active().map(({ gathering }) => gathering.weight));

  // ---- what was gathered goes out

  const flusher = createFlusher({
    store,
    sinks,
    observer,
    clock,
    projections: active,
    takeNotes() {
      const taken = notes;
      notes = emptyNotes();
      return taken;
    },
    onRefused: rejoin,
    onOverflow(projection, error) {
      const key = keyOf(projection.plan);
      if (projections.get(key) !== projection) return;
      projections.delete(key);
      halt(key, error);
    },
    onApplied(flushed) {
      forgetApplied();
      ports.onFlushed(flushed.map(({ plan }) => plan));
    },
  });

  /** Verdicts far below every cursor are needed no more; Kafka's own offsets follow for lag tools. */
  const forgetApplied = (): void => {
    if (projections.size === 0) return;
    const cursors = assigned.map(({ partition }) => {
      const nexts = [...projections.values()].map((one) => one.stored(topic, partition).next);
      return { topic, partition, offset: Math.min(...nexts) };
    });
    for (const { partition, offset } of cursors)
      partitions.get(partition)?.judge.forgetBelow(offset - KEPT_OFFSETS);
    consumer.commit(cursors);
  };

  // ---- the consumer lives

  const revive = async (reason: unknown): Promise<void> => {
    observer.restarted(topic, reason);
    assignment++;
    assigned = [];
    await clock.sleep(RETRY_AFTER_MS);
    await consume();
  };

  const consume = async (): Promise<void> => {
    while (!stopped) {
      try {
        return await consumer.run(topic, {
          onAssigned,
          onBatch,
          onCrash: (error) => void revive(error),
        });
      } catch (error) {
        observer.restarted(topic, error);
        await clock.sleep(RETRY_AFTER_MS);
      }
    }
  };

  return {
    setPlans(next) {
      const wanted = new Map(next.map((plan) => [keyOf(plan), plan]));
      for (const key of plans.keys()) {
        if (wanted.has(key)) continue;
        for (const map of [plans, projections, opening, halted]) map.delete(key);
      }
      const added = [...wanted.keys()].filter((key) => !plans.has(key));
      for (const [key, plan] of wanted) {
        plans.set(key, plan);
        const projection = projections.get(key);
        if (projection) projection.plan = plan;
      }
      // Readers made for fewer fields must not serve the new metrics.
      readPlan = {
        schema: type.schema,
        fields: new Set(next.flatMap(({ fields }) => [...fields])),
      };
      readers = new Map();
      for (const key of added) void join(key);
    },
    start: consume,
    projections: active,
    owns,
    supervise(lagRecords, nowMs) {
      const isIdle = lagRecords === 0 || projections.size === 0 || assigned.length === 0;
      if (isIdle || batches !== seen.batches) seen = { batches, atMs: nowMs };
      if (nowMs - seen.atMs < SILENCE_MS_MAX) return;
      seen = { batches, atMs: nowMs };
      void revive(
        new Error(`no batch for ${SILENCE_MS_MAX / 1000} s, with ${lagRecords} records to read`),
      );
    },
    missing: () => [
      ...halted.values(),
      ...[...opening.keys()].map((key) => `${key} is being opened`),
    ],
    async stop() {
      stopped = true;
      await consumer.stop();
      await flusher.stop();
    },
  };
}
