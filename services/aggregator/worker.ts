import type { EventTypeDefinition } from '../kernel/definitions.ts';
import { TidemarkError } from '../kernel/errors.ts';
import { createAhead } from './ahead.ts';
import { closeSpans, folding } from './core/fold.ts';
import { projectionKey } from './core/metric-plan.ts';
import type { MetricPlan } from './core/metric-plan.ts';
import { createNews } from './core/news.ts';
import { emptyNotes } from './core/notes.ts';
import type { Notes } from './core/notes.ts';
import { ProjectionState } from './core/projection-state.ts';
import { recordsToReach, recordsToRead } from './core/reach.ts';
import { createFlusher } from './flusher.ts';
import { createGate } from './gate.ts';
import type { Gate } from './gate.ts';
import type { Given, Worker, WorkerPorts } from './lane.ts';
import { indexStarts, openProjection } from './opening.ts';
import { createPartitions } from './partitions.ts';
import type { PartitionState } from './partitions.ts';
import { createPatience, PARK_AFTER_MS } from './patience.ts';
import { takeBatch, topicReaders } from './take-batch.ts';
import { createUpkeep } from './upkeep.ts';
import type {
  ReadPlan,
  SourceBatch,
  SourcePartition,
  StoredPartition,
  StoredProjection,
} from './ports.ts';

/**
 * Cells and distinct members of one projection at which a flush begins; when one is under way, reading waits for it. One
 * script carries about this many at some 5 µs each, so that Redis is held for some 25 ms. Fewer cost dearly: a metric with
 * more cells in play than this sends each of them again and again (at 1,000 a catch-up took 39 + 32 µs of Node and Redis
 * per event, at 5,000 it takes 14 + 2).
 */
const WEIGHT_MAX = 5_000;
/** Records between a batch and the log's end from which on counting them all comes before showing them soon. */
const FAR_RECORDS = 20_000;
const RETRY_AFTER_MS = 250;

// long: one worker is one state that its steps share; what stands alone is in the files that it imports.
export function createWorker(
  ports: WorkerPorts,
  source: { readonly topic: string; readonly type: EventTypeDefinition },
): Worker {
  const { store, consumer, offsets, sinks, observer, clock, lane } = ports;
  const { topic, type } = source;
  const plans = new Map<string, MetricPlan>();
  const projections = new Map<string, ProjectionState>();
  /** Projections that are being opened; the token tells an opening from one that was called off. */
  const opening = new Map<string, symbol>();
  /** What needs a person, by projection or topic. */
  const halted = new Map<string, string>();
  const partitions = createPartitions(type, consumer, lane.leaps ? lane.reachRecords : Infinity);
  let assigned: readonly SourcePartition[] = [];
  let assignment = 0;
  let readPlan: ReadPlan = { schema: type.schema, fields: new Set() };
  let readers = topicReaders(ports, readPlan);
  let notes: Notes = emptyNotes();
  const hasNews = createNews();
  let stopped = false;

  const active = (): readonly ProjectionState[] => [...projections.values()];
  const owns = (partition: number): boolean => assigned.some((one) => one.partition === partition);
  const mineOf = (stored: StoredProjection): readonly StoredPartition[] =>
    stored.partitions.filter(({ partition }) => owns(partition));
  const owned = () => ({ topic, partitions: assigned.map(({ partition }) => partition) });
  const distance = (projection: ProjectionState): number =>
    recordsToReach(projection, active(), owned());
  const halt = (what: string, error: unknown): void => {
    patience.forget(what);
    halted.set(what, `${what}: ${(error as Error).message}`);
    observer.halted(what, error);
  };

  // ---- projections come and go

  /** Opens these; those that open in time are taken up together, so that none runs ahead of the others. */
  const joinAll = (keys: readonly string[]): void => {
    const gate = createGate(clock, keys.length);
    for (const key of keys) void join(key, { delayMs: 0, gate });
  };

  /** Opens a projection until it works: a Redis or broker that does not answer blocks, and shows as lag. */
  const join = async (
    key: string,
    { delayMs, gate }: { delayMs: number; gate?: Gate },
  ): Promise<void> => {
    const token = Symbol(key);
    opening.set(key, token);
    const isWanted = (): boolean => !stopped && opening.get(key) === token;
    if (delayMs > 0) await clock.sleep(delayMs);
    while (isWanted()) {
      const plan = plans.get(key) as MetricPlan;
      const mine = assignment;
      try {
        const stored = await openProjection({ ...ports, onRebuild: noteRebuild }, plan);
        if (assigned.length > 0 && ahead.isOverturned(key, stored.generation))
          return startOver(`${key} was begun anew while the log was read ahead`);
        const starts = await indexStarts(offsets, type, partitions.uncovered(mineOf(stored)));
        await gate?.pass(stored.partitions.reduce((sum, { next }) => sum + next, 0));
        if (isWanted() && mine === assignment && activate(key, { stored, starts })) return;
      } catch (error) {
        void gate?.pass(0);
        if (!isWanted()) return;
        if (error instanceof TidemarkError && error.code === 'topic_mismatch') {
          opening.delete(key);
          return halt(key, error);
        }
        patience.failed(key);
        observer.restarted(key, error);
        await clock.sleep(RETRY_AFTER_MS);
      }
    }
  };
  const noteRebuild = (plan: MetricPlan, reason: string): void => {
    observer.restarted(projectionKey(plan), new Error(`rebuilt from the log's start: ${reason}`));
    if (!partitions.isEmpty()) startOver(reason);
  };

  /** Verdicts of the log that was there before would meet the records that lie at the same offsets now. */
  const startOver = (reason: string): void => {
    observer.restarted(topic, new Error(reason));
    partitions.keep([]);
    for (const at of assigned) consumer.pause(at);
    onAssigned(assigned);
  };

  /** Drops what was gathered for a projection and opens it again. */
  const rejoin = (
    projection: ProjectionState,
    fault: { reason: unknown; delayMs: number },
  ): void => {
    const key = projectionKey(projection.plan);
    if (projections.get(key) !== projection || stopped) return;
    drop(key);
    observer.restarted(key, fault.reason);
    void join(key, fault);
  };

  const drop = (key: string): void => {
    projections.delete(key);
    opening.delete(key);
    if (projections.size === 0) for (const at of assigned) consumer.pause(at);
  };

  const giveAway = (key: string, why: Given): void => {
    drop(key);
    patience.forget(key);
    lane.giveAway(plans.get(key) as MetricPlan, why);
  };

  /** Parks what has failed for long, unless everything does: then there is nobody whom it would hold back. */
  const patience = createPatience(clock, (key) => {
    const isThere = projections.has(key) || opening.has(key);
    const others = active().filter(({ plan }) => projectionKey(plan) !== key);
    // Who owns nothing has nothing to flush, so cannot fail at it.
    if (!isThere || assigned.length === 0) return patience.forget(key);
    const isAlone = others.every(({ plan }) => patience.isFailing(projectionKey(plan)));
    if (isAlone && !lane.isAwaited()) return;
    const why = `no flush of it was applied for ${PARK_AFTER_MS / 1_000} s`;
    giveAway(key, { kind: 'parked', why });
  });

  /** From here on the projection gathers: reading steps back to its cursors, where others skip what they have. */
  const activate = (
    key: string,
    opened: { stored: StoredProjection; starts: ReadonlyMap<number, number> },
  ): boolean => {
    const projection = new ProjectionState(plans.get(key) as MetricPlan, opened.stored);
    const { stored, starts } = opened;
    const cursors = mineOf(stored);
    if (!partitions.serve(cursors, starts)) return false;
    if (distance(projection) > lane.reachRecords) {
      giveAway(key, { kind: 'behind' });
      return true;
    }
    // Those far behind would hold this one back.
    for (const other of lane.leaps ? active() : [])
      if (recordsToReach(other, [projection], owned()) > lane.reachRecords)
        giveAway(projectionKey(other.plan), { kind: 'behind' });
    partitions.stepBack(cursors, starts);
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

  const ahead = createAhead(ports, {
    type,
    partitions,
    plans: () => [...plans.values()],
    readers: () => readers,
    reachRecords: lane.reachRecords,
    onRead(partition) {
      const nexts = active().map((one) => one.stored(topic, partition).next);
      if (nexts.length > 0) partitions.resume({ topic, partition }, Math.min(...nexts));
    },
    startOver,
  });

  const onAssigned = (list: readonly SourcePartition[]): void => {
    ahead.assign(list);
    assignment++;
    assigned = list;
    lane.onAssigned(list);
    partitions.keep(list.map(({ partition }) => partition));
    projections.clear();
    notes = emptyNotes();
    joinAll([...plans.keys()].filter((key) => !halted.has(key)));
  };

  // ---- records come in

  const onBatch = async (batch: SourceBatch): Promise<boolean> => {
    const state = partitions.get(batch.partition);
    // Of a consumer that is about to be run again too: nobody has stepped back in partitions that are not owned.
    if (stopped || !state || state.isHeld || !owns(batch.partition) || projections.size === 0) {
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

  const stray = (batch: SourceBatch, state: PartitionState): boolean => {
    if (!partitions.stray(batch, state)) return false;
    const reason = new Error(
      `${topic}/${batch.partition} gives ${batch.fetchedOffset} in place of ${state.position}`,
    );
    for (const projection of projections.values())
      rejoin(projection, { reason, delayMs: RETRY_AFTER_MS });
    return false;
  };

  const take = async (batch: SourceBatch, state: PartitionState): Promise<boolean> => {
    const mine = readers;
    let position = batch.fetchedOffset;
    const isCurrent = (): boolean =>
      !stopped &&
      owns(batch.partition) &&
      readers === mine &&
      partitions.get(batch.partition) === state &&
      state.position === position;
    const last = await takeBatch(batch, {
      judge: state.judge,
      readers: mine,
      folding: () => folding({ projections: active(), notes }, batch),
      onRead(next) {
        position = next;
        state.position = next;
      },
      onWeight: (weight) =>
        weight > WEIGHT_MAX && flusher.heaviest() > WEIGHT_MAX ? flushHeavy() : undefined,
      isCurrent,
    });
    // Reading may have stepped back for a projection that was taken up while this came to its end.
    if (!last || !isCurrent()) return false;
    state.position = batch.nextOffset;
    closeSpans(active(), batch, last.offset < 0 ? undefined : last);
    const isFar = batch.endOffset - batch.nextOffset > FAR_RECORDS;
    flusher.schedule(isFar ? 'behind' : 'live');
    if (isFar) await ahead.giveWay();
    return true;
  };
  const flushHeavy = async (): Promise<void> => {
    await flusher.idle();
    void flusher.flush();
  };

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
    onRefused(projection, fault) {
      const key = projectionKey(projection.plan);
      if (projections.get(key) === projection) patience.failed(key);
      rejoin(projection, fault);
    },
    onOverflow(projection, error) {
      const key = projectionKey(projection.plan);
      if (projections.get(key) !== projection) return;
      drop(key);
      halt(key, error);
    },
    onOverweight(projection, { message: why }) {
      const key = projectionKey(projection.plan);
      if (projections.get(key) === projection) giveAway(key, { kind: 'parked', why });
    },
    onApplied(flushed) {
      for (const { projection } of flushed) patience.forget(projectionKey(projection.plan));
      forgetApplied();
      const told = flushed.filter(({ projection, request }) => hasNews(projection, request));
      ports.onFlushed(told.map(({ projection }) => projection.plan));
    },
  });

  /** Kafka's own offsets follow for lag tools. */
  const forgetApplied = (): void => {
    if (projections.size === 0) return;
    const cursors = assigned.map(({ partition }) => {
      const nexts = [...projections.values()].map((one) => one.stored(topic, partition).next);
      return { topic, partition, offset: Math.min(...nexts) };
    });
    for (const { partition, offset } of cursors) partitions.forgetBelow(partition, offset);
    consumer.commit(cursors);
  };

  const upkeep = createUpkeep(ports, topic, {
    onAssigned,
    onBatch,
    onLost() {
      assignment++;
      assigned = [];
    },
  });

  return {
    setPlans(next) {
      const wanted = new Map(next.map((plan) => [projectionKey(plan), plan]));
      for (const key of plans.keys()) {
        if (wanted.has(key)) continue;
        drop(key);
        patience.forget(key);
        for (const map of [plans, halted]) map.delete(key);
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
      readers = topicReaders(ports, readPlan);
      joinAll(added);
    },
    take(key) {
      if (!plans.has(key) || stopped) return;
      drop(key);
      void join(key, { delayMs: 0 });
    },
    start() {
      if (lane.readsAhead) ahead.begin();
      return upkeep.start();
    },
    startOver,
    projections: active,
    owns,
    isIdle: () => projections.size + opening.size === 0,
    halted: () => halted,
    isFailing: patience.isFailing,
    recordsToReach: distance,
    supervise(bounds, nowMs) {
      const mine = bounds.filter(({ partition: at }) => owns(at) && !partitions.get(at)?.isHeld);
      upkeep.supervise(recordsToRead(active(), topic, mine), nowMs);
    },
    missing: () => [
      ...halted.values(),
      ...[...opening.keys()].map((key) => `${key} is being opened`),
    ],
    async stop() {
      stopped = true;
      ahead.end();
      patience.stop();
      await upkeep.stop();
      await flusher.stop();
    },
  };
}
