import type { Catalog, EventTypeDefinition } from '../kernel/definitions.ts';
import { remember, secondsLeft } from '../kernel/progress.ts';
import type { Seen } from '../kernel/progress.ts';
import { SECOND_MS } from '../kernel/time.ts';
import { catalogPlans } from './core/catalog-plans.ts';
import type { CatalogPlans, TopicPlan } from './core/catalog-plans.ts';
import type { CompileExpression } from './core/expressions.ts';
import { projectionKey } from './core/metric-plan.ts';
import type { MetricPlan } from './core/metric-plan.ts';
import type { ProjectionState } from './core/projection-state.ts';
import { fillOf } from './core/reach.ts';
import type { LogBounds } from './core/reach.ts';
import { createCandidates, isCandidate } from './candidates.ts';
import { createPublisher } from './publisher.ts';
import { createLanes } from './lanes.ts';
import type { Lanes, LanesPorts } from './lanes.ts';
import type { AggregatorObserver, AggregatorSinks } from './ports.ts';
import { findShadows } from './shadows.ts';

export type AggregatorPorts = Omit<LanesPorts, 'sinks' | 'observer' | 'onFlushed'> & {
  readonly sinks: AggregatorSinks;
  readonly observer: AggregatorObserver;
  readonly topicOf: (eventType: string) => string;
  readonly compilerOf: (type: EventTypeDefinition) => CompileExpression;
  /** Makes sure that the topic is there as it must be. @throws topic_mismatch, broker_unavailable */
  readonly prepareTopic: (type: EventTypeDefinition) => Promise<void>;
};

export type Aggregator = {
  /** Takes up a catalogue. Topics where nothing changed are not touched; in others, metrics that stay go on. */
  readonly apply: (catalog: Catalog) => void;
  /**
   * Counts a metric anew from the log: its generation ends, wherever it is counted, and the next begins at the start.
   * @returns the version and the generation that ended; undefined where no such metric reads events   @throws redis_unavailable
   */
  readonly rebuild: (
    id: string,
  ) => Promise<{ metric: string; version: string; generation: string | null } | undefined>;
  readonly plansOf: (topic: string) => readonly MetricPlan[];
  /** Topics that this process speaks for: one process does for each. */
  readonly topics: () => readonly OwnedTopic[];
  readonly missing: () => readonly string[];
  readonly stop: () => Promise<void>;
};

export type OwnedTopic = Pick<TopicPlan, 'topic' | 'plans'> & Pick<Lanes, 'startOver'>;

const SUPERVISE_EVERY_MS = 5 * SECOND_MS;
const RETRY_AFTER_MS = 1_000;
/** Who owns this partition of a topic ticks for its metrics: a partition has one owner, so in the long run one worker does. */
const TICKING_PARTITION = 0;

type Lane = {
  plan: TopicPlan;
  readonly worker: Lanes;
  /** Earlier versions that are counted until the published ones have caught up. */
  shadows: readonly MetricPlan[];
  /** Those of which that is known not to be so. */
  readonly settled: Set<string>;
  fault: string | undefined;
  closed: boolean;
};

/**
 * One lane per event type: topics neither wait for nor restart each other. A flush is published by the worker that made
 * it, at once; once a second the owner of partition 0 of the topic publishes what is left (marks of a worker that died,
 * windows that only time closes) and a tick. While partitions move, a second may have two ticks or none: both are
 * harmless, since consumers keep the highest watermark and the record that supersedes.
 */
export function createAggregator(ports: AggregatorPorts): Aggregator {
  const { clock, observer, offsets, sinks } = ports;
  const lanes = new Map<string, Lane>();
  const closing = new Map<string, Promise<void>>();
  let plans: CatalogPlans = { topics: new Map(), derived: [], faults: [] };
  let stopped = false;

  const publisher = createPublisher({
    store: ports.store,
    sinks,
    clock,
    now: ports.now,
    derivedFrom: ({ id, version }) =>
      plans.derived.filter(({ leaves }) =>
        leaves.some((leaf) => leaf.id === id && leaf.version === version),
      ),
    onTick: observer.watermark,
    onError: observer.publishFailed,
  });

  const candidates = createCandidates(ports.store, observer.publishFailed);

  const open = (plan: TopicPlan): void => {
    const worker = createLanes(
      {
        ...ports,
        onFlushed(flushed) {
          for (const one of flushed)
            if (!isCandidate(lanes.get(plan.topic)?.plan, one)) publisher.request(one.metric);
        },
      },
      plan,
    );
    const lane: Lane = {
      plan,
      worker,
      shadows: [],
      settled: new Set(),
      fault: undefined,
      closed: false,
    };
    lanes.set(plan.topic, lane);
    worker.setPlans([...plan.plans, ...plan.candidates]);
    void begin(lane);
    void lookForShadows(lane);
  };

  /** Takes up what is published; what was counted and is superseded now goes on until it is known that it need not. */
  const change = (lane: Lane, next: TopicPlan): void => {
    const counted = new Set([...lane.plan.plans, ...lane.shadows].map(projectionKey));
    lane.plan = next;
    lane.settled.clear();
    lane.shadows = next.earlier.filter((plan) => counted.has(projectionKey(plan)));
    setPlans(lane);
    void lookForShadows(lane);
  };

  const setPlans = ({ plan, shadows, worker }: Lane): void =>
    worker.setPlans([...plan.plans, ...shadows, ...plan.candidates]);

  const lookForShadows = async (lane: Lane): Promise<void> => {
    const { plan, settled } = lane;
    const open = plan.earlier.filter((one) => !settled.has(projectionKey(one)));
    if (open.length === 0) return;
    try {
      const found = await findShadows(ports.store, plan.plans, open);
      if (lane.closed || lane.plan !== plan) return;
      for (const one of found.settled) settled.add(projectionKey(one));
      const keys = (plans: readonly MetricPlan[]): string => plans.map(projectionKey).join();
      if (keys(found.counted) === keys(lane.shadows)) return;
      lane.shadows = found.counted;
      setPlans(lane);
    } catch (error) {
      observer.restarted(plan.topic, error);
    }
  };

  const begin = async (lane: Lane): Promise<void> => {
    const { topic, type } = lane.plan;
    await closing.get(topic);
    while (!lane.closed) {
      try {
        await ports.prepareTopic(type);
        lane.fault = undefined;
        if (!lane.closed) await lane.worker.start();
        return;
      } catch (error) {
        lane.fault = `${topic}: ${(error as Error).message}`;
        observer.restarted(topic, error);
        await clock.sleep(RETRY_AFTER_MS);
      }
    }
  };

  const close = (lane: Lane): void => {
    const { topic } = lane.plan;
    lane.closed = true;
    lanes.delete(topic);
    const done = Promise.resolve(closing.get(topic)).then(() => lane.worker.stop());
    closing.set(topic, done);
  };

  const apply = (catalog: Catalog): void => {
    const before = plans;
    plans = catalogPlans(catalog, ports);
    for (const lane of lanes.values()) {
      const next = plans.topics.get(lane.plan.topic);
      // Other rules of judging: what its judges remember is no longer true.
      if (!next || next.typeSignature !== lane.plan.typeSignature) close(lane);
      else if (next.signature !== lane.plan.signature) change(lane, next);
    }
    for (const next of plans.topics.values()) if (!lanes.has(next.topic)) open(next);
    // At once, so that none is ever begun without its being on record.
    for (const one of plans.topics.values()) candidates.attend(one);
    for (const id of metricIds(before)) if (!metricIds(plans).has(id)) observer.forget(id);
  };

  // ---- what time alone brings

  const everySecond = (): void => {
    if (stopped) return;
    for (const { plan, shadows, worker } of lanes.values()) {
      if (!worker.owns(TICKING_PARTITION)) continue;
      const ids = new Set(plan.plans.map(({ metric }) => metric.id));
      for (const { metric } of [...plan.plans, ...shadows]) publisher.tick(metric);
      for (const derived of plans.derived)
        if (ids.has(derived.leaves[0]?.id ?? '')) publisher.tickDerived(derived);
      candidates.attend(plan);
    }
    callOffTick = clock.after(SECOND_MS, everySecond);
  };
  let callOffTick = clock.after(SECOND_MS, everySecond);

  const supervise = async (): Promise<void> => {
    await Promise.all([...lanes.values()].map(measure));
    if ([...lanes.values()].some(({ worker }) => worker.owns(TICKING_PARTITION)))
      await candidates.forget([...plans.topics.values()]);
    if (!stopped) callOffSupervision = clock.after(SUPERVISE_EVERY_MS, () => void supervise());
  };
  let callOffSupervision = clock.after(SUPERVISE_EVERY_MS, () => void supervise());

  /** Lag over the partitions that this worker owns. */
  const measure = async (lane: Lane): Promise<void> => {
    const { plan, worker } = lane;
    const { topic } = plan;
    void lookForShadows(lane);
    try {
      const bounds = await offsets.bounds(topic);
      const owned = bounds.filter(({ partition }) => worker.owns(partition));
      const lags = owned.map(({ partition, end }) => {
        const nexts = worker.projections().map((one) => one.stored(topic, partition).next);
        return nexts.length === 0 ? 0 : Math.max(0, end - Math.min(...nexts));
      });
      const lag = lags.reduce((sum, one) => sum + one, 0);
      observer.lag(topic, lag);
      worker.supervise(bounds, ports.now());
      for (const projection of [...worker.projections(), ...worker.filling()])
        if (!isCandidate(plan, projection.plan)) tellProgress(projection, topic, owned);
    } catch (error) {
      observer.restarted(topic, error);
    }
  };

  /** How far each projection was lately. */
  const paces = new WeakMap<ProjectionState, readonly Seen[]>();
  const tellProgress = (
    projection: ProjectionState,
    topic: string,
    owned: readonly LogBounds[],
  ): void => {
    const { done, total } = fillOf(projection, topic, owned);
    const seen = remember(paces.get(projection) ?? [], { atMs: ports.now(), done });
    paces.set(projection, seen);
    const { id } = projection.plan.metric;
    observer.progress(id, { done, total, secondsLeft: secondsLeft(seen, total) });
  };

  const rebuild: Aggregator['rebuild'] = async (id) => {
    for (const { plan, worker } of lanes.values()) {
      const own = plan.plans.find(({ metric }) => metric.id === id);
      if (!own) continue;
      const { version } = own.metric;
      const ref = { metric: id, version };
      const generation = (await ports.store.load(ref))?.generation ?? null;
      if (generation !== null) await ports.store.retire(ref, generation);
      // Other processes find out when their next flush is refused.
      worker.take(projectionKey(own));
      return { ...ref, generation };
    }
    return undefined;
  };

  return {
    apply,
    rebuild,
    plansOf: (topic) => plans.topics.get(topic)?.plans ?? [],
    topics: () =>
      [...lanes.values()]
        .filter(({ worker }) => worker.owns(TICKING_PARTITION))
        .map(({ plan: { topic, plans: own }, worker: { startOver } }) => ({
          topic,
          plans: own,
          startOver,
        })),
    missing: () => [
      ...plans.faults,
      ...[...lanes.values()].flatMap(({ fault, worker }) => [
        ...(fault === undefined ? [] : [fault]),
        ...worker.missing(),
      ]),
    ],
    async stop() {
      stopped = true;
      callOffTick();
      callOffSupervision();
      for (const lane of lanes.values()) close(lane);
      await Promise.all(closing.values());
      await publisher.stop();
    },
  };
}

const metricIds = (plans: CatalogPlans): ReadonlySet<string> =>
  new Set([
    ...[...plans.topics.values()].flatMap((topic) => topic.plans.map(({ metric }) => metric.id)),
    ...plans.derived.map(({ metric }) => metric.id),
  ]);
