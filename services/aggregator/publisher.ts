import type { SimpleMetric } from '../kernel/definitions.ts';
import type { EpochMs } from '../kernel/time.ts';
import { GRAINS } from '../kernel/window.ts';
import type { MetricUpdate, ValueUpdate } from '../kernel/update.ts';
import { derivedTick, derivedUpdate, keyIn } from './core/derivation.ts';
import type { DerivedPlan } from './core/derivation.ts';
import { tickUpdate, valueUpdates } from './core/publication.ts';
import type {
  AggregatorSinks,
  CellPlace,
  Clock,
  ProjectionHead,
  ProjectionRef,
  ProjectionStore,
  ProjectionView,
} from './ports.ts';
import { toldHeads } from './told-heads.ts';

/** Cells read, published and cleared in one go. */
const CELLS_AT_ONCE = 1_000;
const MARKS_PER_ROUND = 50_000;
const WINDOWS_PER_ROUND = 200;
const RETRY_AFTER_MS = 500;
/**
 * A round rests before the next: cells that change all the time are told twice a second, those of a metric with few of them
 * sooner. Without that every event of a busy metric is an update for each of its cells.
 */
const REST_MS_PER_UPDATE = 1;
/** A round costs as much however little it tells: where many metrics are busy, each waits for more to tell. */
const REST_MS_PER_METRIC = 1;
const REST_MS_MAX = 500;
/** Of coarser grains than the metric's finest, where one event matters less: once in 0.8 s. Ticks do not wait for it. */
const COARSE_REST_MS_PER_UPDATE = 2.5;
const COARSE_REST_MS_MAX = 800;

export type PublisherPorts = {
  readonly store: ProjectionStore;
  readonly sinks: Pick<AggregatorSinks, 'updates'>;
  readonly clock: Clock;
  readonly now: () => EpochMs;
  /** Derived metrics that read this one, directly or through others. */
  readonly derivedFrom: (metric: SimpleMetric) => readonly DerivedPlan[];
  readonly onTick: (metric: string, watermarkMs: EpochMs) => void;
  readonly onError: (metric: string, error: unknown) => void;
};

/**
 * Publishes what changed in a projection: windows that the watermark passed move on, changed cells are read as one
 * view, sent, and cleared only if they still are what was sent. At least once: several workers may publish one cell,
 * and consumers keep what `supersedes` says. Derived cells that read a changed one are computed and sent before its mark
 * is cleared, so that none is forgotten.
 */
export type Publisher = {
  /** Asks for a round; asking again while one runs makes one more. */
  readonly request: (metric: SimpleMetric) => void;
  /** A round with a tick at its end. */
  readonly tick: (metric: SimpleMetric) => void;
  /** A tick of a formula, after all that lies below the heads of its inputs. */
  readonly tickDerived: (plan: DerivedPlan) => void;
  readonly stop: () => Promise<void>;
};

type Job = { readonly metric: SimpleMetric; isTick: boolean };
type Round = {
  /** Updates of the finest grain, and of coarser ones. */
  readonly sent: { readonly fine: number; readonly coarse: number };
  readonly isDone: boolean;
};

export function createPublisher(ports: PublisherPorts): Publisher {
  const { store, sinks, clock, now } = ports;
  const wanted = new Map<string, Job>();
  const running = new Map<string, Promise<void>>();
  /** By projection, how the rest of its coarser grains is called off. */
  const resting = new Map<string, () => void>();
  const told = toldHeads(now);
  let stopped = false;

  /**
   * Publishes what is marked now; what is marked meanwhile is for the next round, so that a round ends however busy the
   * metric is. A tick says that everything below its watermark has been sent: the watermark is read before the marks.
   */
  const round = async ({ metric, isTick }: Job): Promise<Round> => {
    const before = isTick ? await store.readHead(refOf(metric)) : undefined;
    const [moved, marks] = await Promise.all([
      store.advance(metric, WINDOWS_PER_ROUND),
      store.dirtyMarks(refOf(metric), MARKS_PER_ROUND),
    ]);
    const all = moved > 0 ? await store.dirtyMarks(refOf(metric), MARKS_PER_ROUND) : marks;
    const [fine, coarse] = byFineness(metric, all);
    const isPart = all.length === MARKS_PER_ROUND;
    const isCoarseDue = isTick || isPart || !resting.has(keyOf(metric));
    const sent = {
      fine: await publishAll(metric, fine),
      coarse: isCoarseDue ? await publishAll(metric, coarse) : 0,
    };
    const isDone = moved < WINDOWS_PER_ROUND && !isPart && !stopped;
    if (before?.isCandidate === true && isDone) await store.nominate(refOf(metric), false);
    if (before && isDone) told.tell(keyOf(metric), before);
    // Not from a projection that is lost or still being filled.
    if (before && isDone && !before.rebuilding) {
      await sinks.updates([tickUpdate(metric, before, now())]);
      ports.onTick(metric.id, before.watermarkMs);
    }
    return { sent, isDone };
  };

  const publishAll = async (metric: SimpleMetric, marks: readonly string[]): Promise<number> => {
    let sent = 0;
    for (let from = 0; from < marks.length && !stopped; from += CELLS_AT_ONCE)
      sent += await publish(metric, marks.slice(from, from + CELLS_AT_ONCE));
    return sent;
  };

  /** Coarser cells that change meanwhile are told when it is over. */
  const restCoarse = (metric: SimpleMetric, updates: number): void => {
    const key = keyOf(metric);
    const restMs = Math.min(COARSE_REST_MS_MAX, updates * COARSE_REST_MS_PER_UPDATE);
    if (restMs < 1 || stopped) return;
    resting.get(key)?.();
    const callOff = clock.after(restMs, () => {
      resting.delete(key);
      start(metric, false);
    });
    resting.set(key, callOff);
  };

  /** @returns how many updates were sent */
  const publish = async (metric: SimpleMetric, marks: readonly string[]): Promise<number> => {
    const view = await store.readDirty(metric, marks);
    const derived = await Promise.all(
      ports.derivedFrom(metric).map((plan) => derive(plan, metric, view)),
    );
    const updates: MetricUpdate[] = [...valueUpdates(metric, view, now()), ...derived.flat()];
    if (updates.length > 0) await sinks.updates(updates);
    await store.clearDirty(refOf(metric), view.cells);
    return updates.length;
  };

  /** The derived cells that read these cells of one leaf, with what the other leaves hold there. */
  const derive = async (
    plan: DerivedPlan,
    changed: SimpleMetric,
    view: ProjectionView,
  ): Promise<readonly ValueUpdate[]> => {
    const { grains, breakdowns } = plan.metric;
    const places = view.cells.flatMap((cell) => {
      const key = grains.includes(cell.grain) ? keyIn(breakdowns, cell.key) : undefined;
      return key === undefined ? [] : [{ cell, key }];
    });
    if (places.length === 0) return [];
    const leaves = await Promise.all(
      plan.leaves.map(async (metric) => ({
        metric,
        ...(metric.id === changed.id
          ? { view, cells: places.map(({ cell }) => cell) }
          : await cellsOf(
              metric,
              places.map(({ cell, key }) => ({ ...cell, key })),
            )),
      })),
    );
    return places.map(({ cell, key }, i) =>
      derivedUpdate(
        plan,
        { series: key, grain: cell.grain, start: cell.startMs, end: cell.endMs },
        {
          leaves: leaves.map(({ metric, view, cells }) => ({ metric, view, cell: cells[i] })),
          nowMs: now(),
        },
      ),
    );
  };

  const cellsOf = async (metric: SimpleMetric, places: readonly CellPlace[]) => {
    const own = places.map(({ grain, startMs, key }) => ({
      grain,
      startMs,
      key: keyIn(metric.breakdowns, key),
    }));
    const known = own.filter((place): place is CellPlace => place.key !== undefined);
    const view = await store.readCells(refOf(metric), known);
    const found = new Map(view.cells.map((cell) => [placeText(cell), cell]));
    return {
      view,
      cells: own.map((place) =>
        place.key === undefined ? undefined : found.get(placeText(place as CellPlace)),
      ),
    };
  };

  const drain = async (key: string): Promise<void> => {
    for (let job = wanted.get(key); job && !stopped; job = wanted.get(key)) {
      wanted.delete(key);
      try {
        const { sent, isDone } = await round(job);
        if (!isDone) want(job.metric, job.isTick);
        restCoarse(job.metric, sent.coarse);
        const busyMs = running.size * REST_MS_PER_METRIC;
        const restMs = Math.min(REST_MS_MAX, Math.max(sent.fine * REST_MS_PER_UPDATE, busyMs));
        if (restMs >= 1 && !stopped) await clock.sleep(restMs);
      } catch (error) {
        ports.onError(job.metric.id, error);
        want(job.metric, job.isTick);
        await clock.sleep(RETRY_AFTER_MS);
      }
    }
  };

  const want = (metric: SimpleMetric, isTick: boolean): void => {
    const key = keyOf(metric);
    wanted.set(key, { metric, isTick: isTick || (wanted.get(key)?.isTick ?? false) });
  };

  const run = (key: string, work: () => Promise<void>): void => {
    if (running.has(key) || stopped) return;
    running.set(
      key,
      work().finally(() => running.delete(key)),
    );
  };

  const start = (metric: SimpleMetric, isTick: boolean): void => {
    const key = keyOf(metric);
    want(metric, isTick);
    run(key, () => drain(key));
  };

  /** Of an input that is ticked elsewhere: what is marked there is sent from here as well, since nobody says when it is. */
  const headBelowWhichAllIsSent = async (leaf: SimpleMetric): Promise<ProjectionHead> => {
    const head = await store.readHead(refOf(leaf));
    while (!stopped) {
      const moved = await store.advance(leaf, WINDOWS_PER_ROUND);
      const marks = await store.dirtyMarks(refOf(leaf), MARKS_PER_ROUND);
      await publishAll(leaf, marks);
      if (moved < WINDOWS_PER_ROUND && marks.length < MARKS_PER_ROUND) break;
    }
    return head;
  };

  return {
    request: (metric) => start(metric, false),
    tick(metric) {
      told.ask(keyOf(metric));
      start(metric, true);
    },
    tickDerived(plan) {
      run(`${plan.metric.id}@${plan.metric.version}`, async () => {
        try {
          const all = await Promise.all(
            plan.leaves.map((leaf) => told.of(keyOf(leaf)) ?? headBelowWhichAllIsSent(leaf)),
          );
          const heads = all.filter((head) => head !== undefined);
          if (stopped || heads.some(isRebuilding)) return;
          const tick = derivedTick(plan, heads, now());
          await sinks.updates([tick]);
          ports.onTick(plan.metric.id, tick.watermark);
        } catch (error) {
          ports.onError(plan.metric.id, error);
        }
      });
    },
    async stop() {
      stopped = true;
      told.close();
      for (const callOff of resting.values()) callOff();
      await Promise.all(running.values());
    },
  };
}

const keyOf = ({ id, version }: SimpleMetric): string => `${id}@${version}`;
const refOf = (metric: SimpleMetric): ProjectionRef => ({
  metric: metric.id,
  version: metric.version,
});
const isRebuilding = ({ rebuilding }: ProjectionHead): boolean => rebuilding;
const placeText = ({ grain, startMs, key }: CellPlace): string => `${grain}|${startMs}|${key}`;

/** Marks of the metric's finest grain, and the others. */
function byFineness(
  { grains }: SimpleMetric,
  marks: readonly string[],
): readonly [fine: readonly string[], coarse: readonly string[]] {
  const finest = `${GRAINS.find((grain) => grains.includes(grain)) ?? ''}|`;
  const fine: string[] = [];
  const coarse: string[] = [];
  for (const mark of marks) (mark.startsWith(finest) ? fine : coarse).push(mark);
  return [fine, coarse];
}
