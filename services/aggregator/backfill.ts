import type { EventTypeDefinition } from '../kernel/definitions.ts';
import type { EpochMs } from '../kernel/time.ts';
import { backfillConsumer } from './backfill-consumer.ts';
import { projectionKey } from './core/metric-plan.ts';
import type { MetricPlan } from './core/metric-plan.ts';
import type { ProjectionState } from './core/projection-state.ts';
import type { Given, Worker, WorkerPorts } from './lane.ts';
import type { SourceConsumer, SourcePartition } from './ports.ts';
import { createWorker } from './worker.ts';

export type BackfillPorts = Omit<WorkerPorts, 'consumer' | 'lane' | 'onFlushed'> & {
  /** A consumer of the whole topic that is alone in its group. */
  readonly consumer: () => SourceConsumer;
  readonly now: () => EpochMs;
  readonly sharePercent: number;
  readonly reachRecords: number;
  /** Records that the live lane would step back to take the projection up. */
  readonly recordsToReach: (projection: ProjectionState) => number;
  /** Whether the live lane has passed this record: what there is to say of it was said. */
  readonly isSaid: (record: { readonly partition: number; readonly offset: number }) => boolean;
  /** The live lane takes it up again, at its stored cursor. */
  readonly onCaughtUp: (key: string) => void;
};

/**
 * The lane that brings up what would hold the live lane back: new metrics on a long log, what was rebuilt or parked. It
 * runs where the partitions are owned, on a reader, judges and gatherings of its own, all projections that begin near
 * each other in one pass; those further behind wait for the next. Both lanes write by the same compare-and-set, so a
 * hand-over can be early, late or twice, and no value differs.
 */
export type Backfill = {
  readonly take: (plan: MetricPlan, why: Given) => void;
  /** Another assignment: what it had is the live lane's to give again. */
  readonly assign: (partitions: readonly SourcePartition[]) => void;
  /** Definitions that changed; what is not among them is given up. */
  readonly setPlans: (plans: readonly MetricPlan[]) => void;
  readonly projections: () => readonly ProjectionState[];
  readonly supervise: Worker['supervise'];
  readonly missing: () => readonly string[];
  readonly stop: () => Promise<void>;
};

const CHECK_EVERY_MS = 100;

type Task = {
  plan: MetricPlan;
  why: Given;
  /** Whether a flush of it went through since it was given. */
  isProven: boolean;
  /** Why it needs a person. */
  halted: string | undefined;
};

// long: one pass after the other, over one list of tasks.
export function createBackfill(
  ports: BackfillPorts,
  source: { readonly topic: string; readonly type: EventTypeDefinition },
): Backfill {
  const { clock } = ports;
  /** All that was given and has not caught up. */
  const tasks = new Map<string, Task>();
  /** Of these, what the pass that runs does not take. */
  const waiting = new Set<string>();
  let partitions: readonly SourcePartition[] = [];
  let worker: Worker | undefined;
  let closing: Promise<unknown> = Promise.resolve();
  let callOff: (() => void) | undefined;
  let stopped = false;

  const plansOfPass = (): MetricPlan[] =>
    [...tasks]
      .filter(([key, { halted }]) => !waiting.has(key) && halted === undefined)
      .map(([, { plan }]) => plan);

  const begin = (): void => {
    waiting.clear();
    const { sharePercent, now, sinks, observer } = ports;
    const share = { sharePercent, clock, now };
    worker = createWorker(
      {
        ...ports,
        consumer: backfillConsumer(ports.consumer(), partitions, share),
        sinks: {
          ...sinks,
          async deadLetters(letters) {
            const fresh = letters.filter(
              ({ partition, record }) => !ports.isSaid({ partition, offset: record.offset }),
            );
            if (fresh.length > 0) await sinks.deadLetters(fresh);
          },
        },
        observer: { ...observer, visible: () => {} },
        onFlushed(flushed) {
          for (const plan of flushed) {
            const task = tasks.get(projectionKey(plan));
            if (task) task.isProven = true;
          }
          handOver();
        },
        lane: {
          reachRecords: ports.reachRecords,
          leaps: false,
          readsAhead: false,
          isAwaited: () => waiting.size > 0,
          giveAway(plan, why) {
            const key = projectionKey(plan);
            const task = tasks.get(key);
            if (!task) return;
            waiting.add(key);
            if (why.kind === 'parked') Object.assign(task, { why, isProven: false });
          },
          onAssigned: () => {},
        },
      },
      source,
    );
    worker.setPlans(plansOfPass());
    void worker.start();
  };

  const end = (): void => {
    const ended = worker;
    worker = undefined;
    if (ended) closing = Promise.all([closing, ended.stop()]);
  };

  /** Gives those that are within reach back; a parked one only once a flush of it went through. */
  const handOver = (): void => {
    for (const projection of worker?.projections() ?? []) {
      const key = projectionKey(projection.plan);
      const task = tasks.get(key);
      if (!task || worker?.isFailing(key)) continue;
      const records = ports.recordsToReach(projection);
      const isWell = task.isProven || task.why.kind === 'behind' || records === 0;
      if (!isWell || records > ports.reachRecords / 2) continue;
      tasks.delete(key);
      worker?.setPlans(plansOfPass());
      ports.onCaughtUp(key);
    }
  };

  const check = (): void => {
    callOff = undefined;
    if (stopped) return;
    if (worker) handOver();
    if (worker?.isIdle()) {
      for (const [key, text] of worker.halted()) {
        const task = tasks.get(key);
        if (task) task.halted = text;
      }
      end();
    }
    if (!worker && [...tasks.values()].some(({ halted }) => halted === undefined)) begin();
    if (worker) schedule();
  };

  const schedule = (): void => {
    callOff ??= clock.after(CHECK_EVERY_MS, check);
  };

  return {
    take(plan, why) {
      const key = projectionKey(plan);
      tasks.set(key, { plan, why, isProven: false, halted: undefined });
      waiting.delete(key);
      worker?.setPlans(plansOfPass());
      schedule();
    },
    assign(list) {
      partitions = list;
      tasks.clear();
      waiting.clear();
      end();
    },
    setPlans(plans) {
      const wanted = new Map(plans.map((plan) => [projectionKey(plan), plan]));
      for (const [key, task] of tasks) {
        const plan = wanted.get(key);
        if (plan) task.plan = plan;
        else tasks.delete(key);
      }
      worker?.setPlans(plansOfPass());
    },
    projections: () => worker?.projections() ?? [],
    supervise: (bounds, nowMs) => worker?.supervise(bounds, nowMs),
    missing: () => [
      ...[...tasks].flatMap(([key, { why, halted, isProven }]) => {
        if (halted !== undefined) return [halted];
        if (why.kind === 'parked' && !isProven) return [`${key} is parked: ${why.why}`];
        return worker?.isFailing(key) ? [`${key} cannot be flushed: it is tried again`] : [];
      }),
      ...(worker?.missing() ?? []),
    ],
    async stop() {
      stopped = true;
      callOff?.();
      end();
      await closing;
    },
  };
}
