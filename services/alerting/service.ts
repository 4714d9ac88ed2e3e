import type { Command } from '../kernel/command.ts';
import { NO_BUILT_INS } from './core/plan/built-ins.ts';
import type { BuiltIns } from './core/plan/built-ins.ts';
import type { AlertingPorts } from './alerting-ports.ts';
import { isGone, piecesOf, takeBatch } from './batch.ts';
import type { RecordRange } from './batch.ts';
import { createCommandClock } from './command-clock.ts';
import { takeDelivery } from './core/partition/delivered.ts';
import type { Delivery } from './core/sending/delivery.ts';
import { owedOf } from './core/alert/lifecycle.ts';
import type { Emitted } from './core/partition/partition.ts';
import type { PartitionState } from './core/partition/partition-state.ts';
import { recordOf } from './core/alert/record.ts';
import type { RulePlan } from './core/plan/plan.ts';
import { refill, replan } from './core/partition/replan.ts';
import { takeUpBuiltIns } from './core/partition/watch-itself.ts';
import type { MessagePlace } from './deliverer.ts';
import { writeDueDigests } from './digests.ts';
import { driverNamer } from './driver-namer.ts';
import { keepJoined } from './joining.ts';
import { pastFiller } from './past-filler.ts';
import { reachedBy } from './core/partition/recovery-point.ts';
import {
  blankLane,
  isChanged,
  isCheckDue,
  isTold,
  isWorthStoring,
  reachedIn,
  readAlertsFrom,
} from './lane.ts';
import type { IsStored, Lane } from './lane.ts';
import { alertsByPartition, laneViews } from './lane-views.ts';
import type { LaneViews } from './lane-views.ts';
import { overtaken } from './core/partition/overtaken.ts';
import { loadPartition } from './recovery.ts';
import type { UpdateBatch } from './ports.ts';

const RETRY_AFTER_MS = 250;
const CLOCK_EVERY_MS = 1_000;

export type Alerting = LaneViews & {
  readonly start: () => Promise<void>;
  /** Takes up the rules as they are now, in every partition. */
  readonly setPlans: (
    plans: readonly RulePlan[],
    builtIns?: BuiltIns,
    paused?: ReadonlySet<string>,
  ) => Promise<void>;
  readonly noteDelivery: (place: MessagePlace, delivery: Delivery) => Promise<void>;
  /**
   * Writes the command and lets it count at once. @returns its offset, and whether every lane of this process has it now
   * @throws broker_unavailable
   */
  readonly tell: (
    command: Command,
  ) => Promise<{ readonly offset: number; readonly isTaken: boolean }>;
  /** Partitions that are not loaded yet; undefined while none is assigned. */
  readonly loading: () => number | undefined;
  readonly stop: () => Promise<void>;
};

/**
 * Reads `metric-updates`, lets the core decide, and makes it last: first the transitions on `alerts`, then state and
 * cursor in one fenced commit, then the messages. Whatever is unsure on the way drops the lane's state and loads it anew.
 */
export function createAlerting(ports: AlertingPorts): Alerting {
  const { store, alerts, updates, source, observer, outbox } = ports;
  const lanes = new Map<number, Lane>();
  const fillPast = pastFiller(ports);
  const nameDrivers = driverNamer({ ...ports, own: () => alertsByPartition(lanes) });
  let plans: readonly RulePlan[] = [];
  let builtIns = NO_BUILT_INS;
  let paused: ReadonlySet<string> = new Set();
  let isAssigned = false;
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;

  const inTurn = <T>(lane: Lane, action: () => Promise<T>): Promise<T> => {
    const result = lane.turn.then(action);
    lane.turn = result.catch(() => undefined);
    return result;
  };
  const isOurs = (lane: Lane): boolean => lanes.get(lane.partition) === lane && !stopped;

  const clock = createCommandClock(ports, {
    loaded: () => [...lanes.values()].filter(({ state }) => state).map((lane) => lane.partition),
    hasTaken: (offset) =>
      lanes.size > 0 && [...lanes.values()].every(({ stored }) => stored.commandsNext > offset),
  });

  /** Loads the lane until it works: a broker or Redis that does not answer blocks, and shows as lag. */
  const load = async (lane: Lane, reason: unknown): Promise<void> => {
    lane.state = undefined;
    outbox.forget(lane.partition);
    observer.reloaded(lane.partition, reason);
    while (isOurs(lane)) {
      try {
        lane.owner = ports.newOwner();
        const { partition, owner, reached } = lane;
        const at = { partition, owner, reached, nowMs: ports.now() };
        const loaded = await loadPartition(ports, at, plans);
        lane.alertsNext = loaded.alertsNext;
        lane.alertsFrom = loaded.alertsFrom;
        lane.reached = loaded.reached;
        const from = loaded.state.cursor;
        const { logMs, commandsNext } = loaded.state;
        lane.stored = { cursor: loaded.storedCursor, logMs, commandsNext };
        lane.checkedMs = 0;
        const emitted = await takeUp(lane, loaded.state);
        if (!(await publish(lane, loaded.state, emitted))) continue;
        if (!isOurs(lane)) return;
        tellReached();
        lane.state = loaded.state;
        for (const { alert } of loaded.state.tracks.values())
          outbox.offer(lane.partition, alert.id, owedOf(alert));
        offerDigests(lane, loaded.state);
        source.seek(lane.partition, Math.min(from, loaded.state.cursor));
        return;
      } catch (error) {
        observer.reloaded(lane.partition, error);
        await ports.pause(RETRY_AFTER_MS);
      }
    }
  };

  /** Brings the state to the rules of now. */
  const takeUp = async (lane: Lane, state: PartitionState): Promise<readonly Emitted[]> => {
    const { emitted, refillFromMs } = replan(state, plans, { links: ports.links, paused });
    const own = takeUpBuiltIns(state, builtIns);
    if (refillFromMs !== null) refill(state, await updates.offsetAt(lane.partition, refillFromMs));
    await fillPast(state, plans);
    return [...emitted, ...own];
  };

  /** @returns false when another one owns the partition, or its stored state is another */
  const publish = async (
    lane: Lane,
    state: PartitionState,
    emitted: readonly Emitted[],
  ): Promise<boolean> => {
    const { partition } = lane;
    const { cursor, logMs, commandsNext } = state;
    const records = emitted.map((one) => recordOf(one, partition));
    const alertsNext = records.length > 0 ? await alerts.append(partition, records) : 0;
    lane.alertsNext = Math.max(lane.alertsNext, alertsNext);
    const isCommitted = await store.commit(partition, lane.owner, {
      from: lane.stored.cursor,
      to: cursor,
      activeFrom: state.activeFrom,
      logMs,
      awakeMs: state.awakeMs,
      alertsNext: readAlertsFrom(lane, state),
      changes: state.takeChanges(),
    });
    if (!isCommitted) return false;
    lane.reached = reachedBy(state, lane.reached);
    lane.stored = { cursor, logMs, commandsNext };
    clock.look();
    return true;
  };

  /** One step on a loaded lane; if it cannot be made to last, the lane is loaded anew. */
  const step = async (
    lane: Lane,
    work: (state: PartitionState) => Promise<readonly Emitted[]> | readonly Emitted[],
    isStored: IsStored = isChanged,
  ): Promise<boolean> => {
    const { state } = lane;
    if (!state || !isOurs(lane)) return false;
    try {
      const emitted = await nameDrivers(state, await work(state));
      if (!isStored(lane, state, emitted)) return true;
      if (!(await publish(lane, state, emitted))) throw new Error('a commit was refused');
      // As it is now, and not as it was told: of what is read again, the one knows what arrived.
      for (const [id, { alert }] of new Map(emitted.map((one) => [one.alert.id, one])))
        outbox.offer(lane.partition, id, owedOf(state.tracks.get(id)?.alert ?? alert));
      offerDigests(lane, state);
      return true;
    } catch (error) {
      await load(lane, error);
      return false;
    }
  };

  const offerDigests = (lane: Lane, state: PartitionState): void => {
    for (const { id, message, delivery } of state.digests.owed())
      outbox.offer(lane.partition, id, [{ message, episode: { id: message.id }, delivery }]);
  };

  const tellReached = (): void => source.commit([...lanes.values()].flatMap(reachedIn));

  const onBatch = async (batch: UpdateBatch): Promise<boolean> => {
    const lane = lanes.get(batch.partition);
    if (!lane) return false;
    return inTurn(lane, async () => {
      if (!lane.state) return false;
      const { cursor } = lane.state;
      if (batch.fetchedOffset !== cursor) {
        if (await isGone(ports, batch, cursor))
          await load(lane, new Error('the log begins after the cursor'));
        else source.seek(lane.partition, cursor);
        return false;
      }
      for (const piece of piecesOf(batch))
        if (!(await step(lane, (state) => fold(state, piece), isWorthStoring))) return false;
      tellReached();
      checkWhenDue(lane);
      return true;
    });
  };

  /** Whoever lost the partition may have written to `alerts` since. Most of it is read while the lane goes on. */
  const check = async (lane: Lane, from: number): Promise<void> => {
    const { records, next } = await alerts.readFrom(lane.partition, from);
    const look = async (state: PartitionState): Promise<readonly Emitted[]> => {
      const rest = await alerts.readFrom(lane.partition, next);
      state.checkedNext = rest.next;
      return overtaken(state, [...records, ...rest.records]);
    };
    await inTurn(lane, () => step(lane, look, isTold));
  };
  const checkWhenDue = (lane: Lane): void => {
    if (!lane.state || !isCheckDue(lane)) return;
    lane.checkedMs = lane.state.logMs;
    check(lane, lane.state.checkedNext).catch((error: unknown) => observer.crashed(error as Error));
  };

  const fold = async (state: PartitionState, batch: RecordRange): Promise<readonly Emitted[]> => {
    await fillPast(state, plans);
    const { emitted, count } = await takeBatch(ports, state, batch);
    await writeDueDigests(state, ports);
    observer.evaluated(count, emitted.length);
    return emitted;
  };

  /** The first of those that wait takes them all: a storm's deliveries are a few commits. */
  const takeNoted = async (lane: Lane): Promise<void> => {
    const all = lane.noted.splice(0);
    if (all.length === 0) return;
    await step(lane, (state) =>
      all.flatMap(({ place, delivery }) => takeDelivery(state, place, delivery)),
    );
  };

  const onAssigned = (partitions: readonly number[]): void => {
    isAssigned = true;
    for (const partition of lanes.keys()) outbox.forget(partition);
    const before = new Map(lanes);
    lanes.clear();
    for (const partition of partitions) {
      const lane = blankLane(partition, before.get(partition)?.reached);
      lanes.set(partition, lane);
      void inTurn(lane, () => load(lane, 'assigned'));
    }
  };

  const tick = (): void => {
    clock.tick().catch((error: unknown) => observer.crashed(error as Error));
  };

  return {
    async start() {
      await keepJoined(ports, { onAssigned, onBatch }, () => stopped);
      timer = setInterval(tick, CLOCK_EVERY_MS);
    },
    async setPlans(next, own = NO_BUILT_INS, resting = new Set()) {
      plans = next;
      builtIns = own;
      paused = resting;
      await Promise.all(
        [...lanes.values()].map((lane) =>
          inTurn(lane, async () => {
            const from = lane.state?.cursor ?? 0;
            await step(lane, (state) => takeUp(lane, state));
            const { state } = lane;
            if (state && state.cursor < from) source.seek(lane.partition, state.cursor);
          }),
        ),
      );
    },
    async noteDelivery(place, delivery) {
      const lane = lanes.get(place.partition);
      lane?.noted.push({ place, delivery });
      if (lane) await inTurn(lane, () => takeNoted(lane));
    },
    tell: clock.tell,
    ...laneViews(lanes),
    loading: () =>
      isAssigned ? [...lanes.values()].filter(({ state }) => !state).length : undefined,
    async stop() {
      stopped = true;
      clearInterval(timer);
      await source.stop();
      await Promise.all([...lanes.values()].map(({ turn }) => turn));
    },
  };
}
