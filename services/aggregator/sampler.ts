import { TidemarkError } from '../kernel/errors.ts';
import { labelsOf } from '../kernel/series.ts';
import { formatRfc3339, SECOND_MS } from '../kernel/time.ts';
import type { DurationMs } from '../kernel/time.ts';
import type { MetricPlan } from './core/metric-plan.ts';
import type { WindowPlace } from './core/recount.ts';
import { cellKey } from './core/verification.ts';
import type { CellDifference } from './core/verification.ts';
import type { ProjectionStore, SampleObserver, SourceOffsets, StoredProjection } from './ports.ts';
import { strangeRecord } from './same-log.ts';
import type { OwnedTopic } from './service.ts';
import { verifyWindows } from './verifier.ts';
import type { Verification, VerifierPorts, VerifyLimits } from './verifier.ts';

export type SamplerPorts = Omit<VerifierPorts, 'offsets'> & {
  readonly offsets: SourceOffsets;
  readonly store: Pick<ProjectionStore, 'load'>;
  readonly topics: () => readonly OwnedTopic[];
  readonly observer: SampleObserver;
  /** Monotone, ms. */
  readonly elapsedMs: () => number;
};

/** Trust is renewed all the time: one closed window after the other is held against the log. */
export type Sampler = {
  /** Cells that differ from the log, one sentence each, until they are found right. */
  readonly missing: () => readonly string[];
  readonly stop: () => Promise<void>;
};

const LIMITS: VerifyLimits = { cellsMax: 5_000, recordsMax: 500_000 };
/** Windows looked at until one is closed. */
const CANDIDATES = 8;
/** Of windows that differed, looked at again in each sample. */
const SUSPECTS_MAX = 10;
/** A sample's time, as a share of all: 1 in this many. */
const REST_FACTOR = 20;
/** A broker may give an old answer just after its leaders changed. */
const CONFIRM_AFTER_MS = 3 * SECOND_MS;
const SENTENCES_MAX = 5;

type Known = { readonly generation: string; readonly cells: Map<string, CellDifference> };

/** @param everyMs from sample to sample at least; 0: never */
export function createSampler(ports: SamplerPorts, everyMs: DurationMs): Sampler {
  const { cells, clock, observer, offsets, store } = ports;
  /** What differed, by metric and version, then by cell. */
  const known = new Map<string, Known>();
  let turn = 0;
  let stopped = false;
  let callOff: (() => void) | undefined;
  let running: Promise<void> = Promise.resolve();

  const keyOf = ({ metric }: MetricPlan): string => `${metric.id}@${metric.version}`;

  const round = async (): Promise<void> => {
    const beganMs = ports.elapsedMs();
    const topics = ports.topics();
    const plans = topics.flatMap((topic) => topic.plans);
    forget(plans);
    for (const topic of topics) await guarded(() => checkLog(topic));
    const plan = plans[turn++ % Math.max(1, plans.length)];
    if (plan && !stopped) await guarded(() => sample(plan));
    schedule(Math.max(everyMs, (ports.elapsedMs() - beganMs) * REST_FACTOR));
  };

  const guarded = async (action: () => Promise<void>): Promise<void> => {
    try {
      await action();
    } catch (error) {
      observer.skipped(error instanceof TidemarkError ? error.code : 'invariant_broken', error);
    }
  };

  /** A topic that was made again under a running worker, and has outgrown its cursors before the next fetch. */
  const checkLog = async (topic: OwnedTopic): Promise<void> => {
    const first = await strangeIn(topic);
    if (first === undefined) return;
    await clock.sleep(CONFIRM_AFTER_MS);
    const again = stopped ? undefined : await strangeIn(topic);
    if (again !== undefined) topic.startOver(again);
  };
  const strangeIn = async ({ topic, plans }: OwnedTopic): Promise<string | undefined> => {
    const [plan] = plans;
    const stored = plan && (await load(plan));
    return stored && strangeRecord(offsets, stored, await offsets.bounds(topic));
  };
  const load = ({ metric }: MetricPlan): Promise<StoredProjection | undefined> =>
    store.load({ metric: metric.id, version: metric.version });

  const sample = async (plan: MetricPlan): Promise<void> => {
    const chosen = await choose(plan);
    const suspects = [...(known.get(keyOf(plan))?.cells.values() ?? [])].slice(0, SUSPECTS_MAX);
    const windows = new Map(
      [...chosen, ...suspects].map(({ grain, startMs }) => [
        `${grain}|${startMs}`,
        { grain, startMs },
      ]),
    );
    if (windows.size === 0) return;
    const list = [...windows.values()];
    learn(plan, list, await verifyWindows(ports, { plan, windows: list }, LIMITS));
  };

  /** A closed window that holds cells; none where there is none. */
  const choose = async (plan: MetricPlan): Promise<readonly WindowPlace[]> => {
    const { calendar, metric } = plan;
    const stored = await load(plan);
    if (!stored || stored.partitions.length === 0) return [];
    const watermarkMs = Math.min(...stored.partitions.map((one) => one.watermarkMs));
    const found = await cells.someWindows(
      { metric: metric.id, version: metric.version },
      CANDIDATES,
    );
    const isClosed = ({ grain, startMs }: WindowPlace): boolean =>
      calendar.cellEnd(grain, startMs) <= watermarkMs;
    return found.filter(isClosed).slice(0, 1);
  };

  const learn = (
    plan: MetricPlan,
    windows: readonly WindowPlace[],
    { checked, differences, generation }: Verification,
  ): void => {
    const key = keyOf(plan);
    const before = known.get(key);
    const differing = before?.generation === generation ? before.cells : new Map();
    for (const { grain, startMs } of windows)
      for (const [cell, at] of differing)
        if (at.grain === grain && at.startMs === startMs && !differences.some(isAt(cell)))
          differing.delete(cell);
    for (const one of differences) {
      const cell = cellKey(one);
      if (!differing.has(cell)) observer.differs(plan.metric.id, sentence(plan, one));
      differing.set(cell, one);
    }
    known.set(key, { generation, cells: differing });
    const versions = [...known].filter(([other]) => idOf(other) === plan.metric.id);
    const total = versions.reduce((sum, [, { cells: found }]) => sum + found.size, 0);
    observer.sampled(plan.metric.id, { checked, differing: total });
  };

  const forget = (plans: readonly MetricPlan[]): void => {
    const kept = new Set(plans.map(keyOf));
    const ids = new Set(plans.map(({ metric }) => metric.id));
    for (const key of known.keys()) {
      if (kept.has(key)) continue;
      known.delete(key);
      if (!ids.has(idOf(key))) observer.forget(idOf(key));
    }
  };

  const schedule = (ms: DurationMs): void => {
    if (stopped || everyMs === 0) return;
    callOff = clock.after(ms, () => {
      running = round();
    });
  };
  schedule(everyMs);

  return {
    missing: () =>
      [...known].flatMap(([key, { cells: differing }]) => {
        const plan = ports
          .topics()
          .flatMap(({ plans }) => plans)
          .find((one) => keyOf(one) === key);
        const sentences = plan ? [...differing.values()].map((one) => sentence(plan, one)) : [];
        return sentences.slice(0, SENTENCES_MAX);
      }),
    async stop() {
      stopped = true;
      callOff?.();
      await running;
    },
  };
}

const idOf = (key: string): string => key.slice(0, key.lastIndexOf('@'));

const isAt =
  (cell: string) =>
  (one: CellDifference): boolean =>
    cellKey(one) === cell;

const sentence = ({ metric }: MetricPlan, one: CellDifference): string =>
  `${metric.id}@${metric.version}: the ${one.grain} of ${formatRfc3339(one.startMs)}, series ${JSON.stringify(labelsOf(one.key))}, holds ${JSON.stringify(one.stored)} where the log gives ${JSON.stringify(one.recounted)}`;
