import { TidemarkError } from '../kernel/errors.ts';
import type { Clock } from './ports.ts';
import type { EventOutcome } from '../kernel/outcome.ts';
import { spanKey, count } from './core/gathering.ts';
import { indexStart } from './core/horizon.ts';
import { partitionJudge } from './core/judge.ts';
import type { Judged, PartitionJudge, RecordReader, SourceRecord } from './core/judge.ts';
import { variablesOf } from './core/metric-plan.ts';
import type { EventVariables, MetricPlan } from './core/metric-plan.ts';
import { ProjectionState } from './core/projection-state.ts';
import { gather } from './core/projector.ts';
import type { MetricDecision } from './core/projector.ts';
import type {
  AggregatorSinks,
  DeadLetter,
  LateEvent,
  ProjectionStore,
  ReaderSource,
  SourceBatch,
  SourceConsumer,
  SourceOffsets,
  StoredProjection,
  WorkerObserver,
} from './ports.ts';

export type WorkerPorts = {
  readonly store: ProjectionStore;
  readonly consumer: SourceConsumer;
  readonly offsets: SourceOffsets;
  readonly readers: ReaderSource;
  readonly sinks: AggregatorSinks;
  readonly observer: WorkerObserver;
  readonly clock: Clock;
  /** A new generation's id: unique, so that a late command from before a loss meets no equal one. */
  readonly newGeneration: () => string;
  readonly schemaIdOf: (value: Buffer | null) => number | undefined;
};

/** Gathered cells over all projections at which reading waits for a flush. */
const CELLS_MAX = 50_000;
const FLUSH_AFTER_MS = 20;
const RETRY_AFTER_MS = 250;
/** Accept times kept per flush for the latency histogram. */
const INGESTED_AT_SAMPLES_MAX = 32;

type PartitionState = { readonly judge: PartitionJudge; position: number };

/** The live lane of one worker: reads its partitions, gathers, flushes, and starts anew from the stored cursors whenever anything is unsure. */
export type Worker = {
  /** Takes up these metrics: new ones start at the log's start, unchanged ones go on. */
  readonly setPlans: (plans: readonly MetricPlan[]) => Promise<void>;
  /** Flushes what is gathered. Resolves when it is applied or dropped. */
  readonly flush: () => Promise<void>;
  readonly projections: () => readonly ProjectionState[];
  readonly isOwned: (topic: string, partition: number) => boolean;
  readonly stop: () => Promise<void>;
};

export function createWorker(
  ports: WorkerPorts,
  onFlushed: (applied: readonly ProjectionState[]) => void,
): Worker {
  const { store, consumer, offsets, readers, sinks, observer, clock } = ports;
  const projections = new Map<string, ProjectionState>();
  const partitions = new Map<string, PartitionState>();
  const readerCache = new Map<string, RecordReader>();
  let plans: readonly MetricPlan[] = [];
  let assigned: readonly { topic: string; partition: number }[] = [];
  let epoch = 0;
  let lateEvents: LateEvent[] = [];
  let deadLetters: DeadLetter[] = [];
  let tallies = new Map<
    string,
    { topic: string; outcome: EventOutcome | 'heartbeat'; events: number }
  >();
  let ingestedAt: number[] = [];
  let flushing: Promise<void> | undefined;
  let flushTimer: NodeJS.Timeout | undefined;
  let stopped = false;

  const keyOf = (plan: MetricPlan): string => `${plan.metric.id}@${plan.metric.version}`;
  const readersOf = (topic: string): ProjectionState[] =>
    [...projections.values()].filter(({ plan }) => plan.topic === topic);

  /** Loads a projection, or makes it at the log's start; its partitions must be those of the topic. */
  const open = async (plan: MetricPlan): Promise<StoredProjection> => {
    const ref = { metric: plan.metric.id, version: plan.metric.version };
    const bounds = await offsets.bounds(plan.topic);
    let stored = await store.load(ref);
    if (!stored) {
      const start = bounds.map(({ partition, first, end }) => ({
        topic: plan.topic,
        partition,
        first,
        empty: first === end,
      }));
      await store.create(ref, { generation: ports.newGeneration(), partitions: start });
      stored = await store.load(ref);
    }
    if (!stored)
      throw new TidemarkError(
        'redis_unavailable',
        `projection ${plan.metric.id} vanished while it was made`,
      );
    if (stored.partitions.length !== bounds.length)
      throw new TidemarkError(
        'topic_mismatch',
        `${plan.topic} has ${bounds.length} partitions, but the cursors of ${plan.metric.id} cover ${stored.partitions.length}`,
      );
    return stored;
  };

  /** Drops everything gathered and starts from the stored cursors. */
  const restart = async (): Promise<void> => {
    const mine = ++epoch;
    partitions.clear();
    projections.clear();
    lateEvents = [];
    deadLetters = [];
    tallies = new Map();
    ingestedAt = [];
    const opened = await Promise.all(
      plans.map(async (plan) => ({ plan, stored: await open(plan) })),
    );
    const starts = await Promise.all(
      assigned.map(async (at) => ({ ...at, start: await startOf(at, opened) })),
    );
    if (mine !== epoch || stopped) return;
    for (const { plan, stored } of opened)
      projections.set(keyOf(plan), new ProjectionState(plan, stored));
    for (const { topic, partition, start } of starts) {
      if (!start) continue;
      partitions.set(spanKey(topic, partition), start);
      consumer.seek(topic, partition, start.position);
    }
  };

  const startOf = async (
    at: { topic: string; partition: number },
    opened: readonly { plan: MetricPlan; stored: StoredProjection }[],
  ): Promise<PartitionState | undefined> => {
    const cursors = opened.flatMap(({ plan, stored }) =>
      stored.partitions
        .filter((one) => one.topic === at.topic && one.partition === at.partition)
        .map((cursor) => ({ plan, cursor })),
    );
    const [first] = cursors;
    if (!first) return undefined;
    const lowest = cursors.reduce(
      (low, one) => (one.cursor.next < low.cursor.next ? one : low),
      first,
    );
    const { type } = lowest.plan;
    const fromMs = indexStart(lowest.cursor, type.duplicateHorizonMs);
    const bounds = (await offsets.bounds(at.topic)).find(
      ({ partition }) => partition === at.partition,
    );
    const logStart = bounds?.first ?? 0;
    const indexFrom =
      fromMs === undefined ? logStart : await offsets.offsetAt({ ...at, timeMs: fromMs });
    const position = Math.max(logStart, Math.min(indexFrom, lowest.cursor.next));
    return { judge: partitionJudge(type, lowest.cursor.next), position };
  };

  /** Restarts until it works: a registry, broker or Redis that does not answer blocks, and shows as lag. */
  const recover = async (reason: unknown): Promise<void> => {
    observer.restarted(reason);
    while (!stopped) {
      try {
        await restart();
        return;
      } catch (error) {
        if (error instanceof TidemarkError && error.code === 'topic_mismatch')
          return observer.halted(error);
        observer.restarted(error);
        await clock.sleep(RETRY_AFTER_MS);
      }
    }
  };

  const prepareReaders = async (batch: SourceBatch): Promise<void> => {
    for (const { value } of batch.records) {
      const id = ports.schemaIdOf(value);
      if (id === undefined) continue;
      const key = `${batch.topic} ${id}`;
      if (!readerCache.has(key)) readerCache.set(key, await readers.readerOf(batch.topic, id));
    }
  };

  const onBatch = async (batch: SourceBatch): Promise<void> => {
    const state = partitions.get(spanKey(batch.topic, batch.partition));
    if (!state) return consumer.seek(batch.topic, batch.partition, batch.fetchedOffset);
    if (batch.fetchedOffset !== state.position)
      return consumer.seek(batch.topic, batch.partition, state.position);
    const mine = epoch;
    try {
      await prepareReaders(batch);
    } catch (error) {
      observer.restarted(error);
      await clock.sleep(RETRY_AFTER_MS);
      return consumer.seek(batch.topic, batch.partition, state.position);
    }
    if (mine !== epoch) return;
    const active = readersOf(batch.topic);
    for (const record of batch.records) fold(batch, { state, active, record });
    state.position = batch.nextOffset;
    closeSpans(batch, active);
    scheduleFlush();
    const gathered = active.reduce((sum, { gathering }) => sum + gathering.cells, 0);
    if (gathered > CELLS_MAX) await flush();
  };

  const fold = (
    batch: SourceBatch,
    at: { state: PartitionState; active: readonly ProjectionState[]; record: SourceRecord },
  ): void => {
    const { state, active, record } = at;
    const { topic, partition } = batch;
    const schemaId = ports.schemaIdOf(record.value);
    const reader = schemaId === undefined ? undefined : readerCache.get(`${topic} ${schemaId}`);
    const judged = state.judge.judge(record, reader);
    let seen: EventVariables | undefined;
    const variables = (): EventVariables =>
      (seen ??= variablesOf(
        judged,
        record,
        active.some(({ plan }) => plan.needsStrings),
      ));
    const decisions: { state: ProjectionState; decision: MetricDecision; watermarkMs: number }[] =
      [];
    let isNew = active.length > 0;
    for (const projection of active) {
      if (record.offset < projection.next(topic, partition)) {
        isNew = false;
        continue;
      }
      const span = projection.span(topic, partition);
      const watermarkMs = span.watermarkMs;
      const decision = gather(
        projection.plan,
        { gathering: projection.gathering, span, series: projection },
        { record, judged, variables },
      );
      projection.moved(span);
      decisions.push({ state: projection, decision, watermarkMs });
    }
    noteSidelined({ topic, partition, record, judged, isNew, decisions });
    if (isNew) tally(topic, outcomeOf(judged, decisions), judged);
  };

  const tally = (topic: string, outcome: EventOutcome | 'heartbeat', judged: Judged): void => {
    const key = `${topic} ${outcome}`;
    const entry = tallies.get(key) ?? { topic, outcome, events: 0 };
    if (entry.events === 0) tallies.set(key, entry);
    entry.events++;
    if (
      outcome === 'counted' &&
      judged.ranges.ingestedAt !== null &&
      ingestedAt.length < INGESTED_AT_SAMPLES_MAX
    )
      ingestedAt.push(judged.ranges.ingestedAt);
  };

  /** Late events and dead letters are written before the flush that moves the cursor past them: at least once. */
  const noteSidelined = (seen: {
    topic: string;
    partition: number;
    record: SourceRecord;
    judged: Judged;
    isNew: boolean;
    decisions: readonly { state: ProjectionState; decision: MetricDecision; watermarkMs: number }[];
  }): void => {
    const { topic, partition, record, judged, decisions } = seen;
    if (judged.verdict.kind === 'dead_lettered' && seen.isNew)
      deadLetters.push({
        topic,
        partition,
        record,
        code: judged.verdict.code,
        detail: judged.verdict.detail,
      });
    if (judged.verdict.kind === 'conflict' && seen.isNew)
      deadLetters.push({
        topic,
        partition,
        record,
        code: 'conflict',
        detail: 'the same source and id came before with another payload',
      });
    const late = decisions.filter(({ decision }) => decision.outcome === 'late');
    if (late.length === 0) return;
    const { id, source } = variablesOf(judged, record, true);
    const metrics = late.map(({ state }) => keyOf(state.plan));
    lateEvents.push({
      topic,
      partition,
      record,
      id,
      source,
      eventMs: judged.eventMs,
      watermarkMs: late[0]?.watermarkMs ?? 0,
      metrics,
    });
  };

  /** Accounts for holes at the end of a batch, and notes where the end of the log is reached. */
  const closeSpans = (batch: SourceBatch, active: readonly ProjectionState[]): void => {
    for (const projection of active) {
      const next = projection.next(batch.topic, batch.partition);
      if (batch.nextOffset < next) continue;
      const span = projection.span(batch.topic, batch.partition);
      if (batch.nextOffset > span.to) {
        count(span, 'hole', batch.nextOffset - span.to);
        span.to = batch.nextOffset;
      }
      span.caughtUp = batch.nextOffset >= batch.endOffset;
      projection.moved(span);
    }
  };

  const scheduleFlush = (): void => {
    flushTimer ??= setTimeout(() => {
      flushTimer = undefined;
      void flush();
    }, FLUSH_AFTER_MS);
  };

  const flush = (): Promise<void> => {
    flushing ??= flushRound().finally(() => {
      flushing = undefined;
    });
    return flushing;
  };

  const flushRound = async (): Promise<void> => {
    const mine = epoch;
    const letters = deadLetters.splice(0);
    const late = lateEvents.splice(0);
    const counted = [...tallies.values()];
    const samples = ingestedAt;
    tallies = new Map();
    ingestedAt = [];
    const taken = [...projections.values()].flatMap((projection) => {
      const request = projection.take();
      return request ? [{ projection, request }] : [];
    });
    if (taken.length === 0) return;
    try {
      if (letters.length > 0) await sinks.deadLetters(letters);
      if (late.length > 0) await sinks.lateEvents(late);
      const results = await Promise.all(
        taken.map(async ({ projection, request }) => ({
          projection,
          request,
          result: await store.apply(projection.ref, request),
        })),
      );
      if (mine !== epoch) return;
      for (const { projection, request, result } of results) {
        if (result.kind === 'applied') projection.learn(result.numbers);
        else if (result.kind === 'overflow')
          observer.halted(
            new TidemarkError(
              'accumulator_overflow',
              `${projection.plan.metric.id}: ${result.detail}`,
            ),
          );
        observer.flushed(projection.plan, request, result);
      }
      if (results.some(({ result }) => result.kind !== 'applied'))
        return await recover(new Error('a flush was refused'));
      observer.visible(counted, samples);
      forgetApplied();
      onFlushed(results.map(({ projection }) => projection));
    } catch (error) {
      if (mine === epoch) await recover(error);
    }
  };

  /** Verdicts below every cursor are needed no more; Kafka's own offsets follow for lag tools. */
  const forgetApplied = (): void => {
    const cursors = [];
    for (const { topic, partition } of assigned) {
      const state = partitions.get(spanKey(topic, partition));
      const active = readersOf(topic);
      if (!state || active.length === 0) continue;
      const lowest = Math.min(
        ...active.map(
          (projection) =>
            projection.gathering.spans.get(spanKey(topic, partition))?.from ??
            projection.next(topic, partition),
        ),
      );
      state.judge.forgetBelow(lowest);
      cursors.push({ topic, partition, offset: lowest });
    }
    consumer.commit(cursors);
  };

  return {
    async setPlans(next) {
      await flushing;
      plans = next;
      readerCache.clear();
      assigned = [];
      await recover('plans changed');
      await consumer.run([...new Set(next.map(({ topic }) => topic))], {
        onAssigned(list) {
          assigned = list;
          void recover('partitions assigned');
        },
        onBatch,
        onCrash: (error) => observer.halted(error),
      });
    },
    flush,
    projections: () => [...projections.values()],
    isOwned: (topic, partition) =>
      assigned.some((one) => one.topic === topic && one.partition === partition),
    async stop() {
      stopped = true;
      clearTimeout(flushTimer);
      await flush();
      await consumer.stop();
    },
  };
}

/** The event's one outcome, by precedence. */
function outcomeOf(
  judged: Judged,
  decisions: readonly { decision: MetricDecision }[],
): EventOutcome | 'heartbeat' {
  const { kind } = judged.verdict;
  if (kind !== 'event') return kind;
  const outcomes = new Set(decisions.map(({ decision }) => decision.outcome));
  if (outcomes.has('counted')) return 'counted';
  return outcomes.has('late') ? 'late' : 'filtered';
}
