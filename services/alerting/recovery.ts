import type { AlertRecord } from '../kernel/alert.ts';
import { TidemarkError } from '../kernel/errors.ts';
import type { EpochMs } from '../kernel/time.ts';
import type { AlertState } from './core/alert/episode.ts';
import { PartitionState } from './core/partition/partition-state.ts';
import type { Reached, RecoveryPoint } from './core/partition/recovery-point.ts';
import { parseStored, restore } from './core/partition/restore.ts';
import { cellMemoryMs } from './core/plan/plan.ts';
import type { RulePlan } from './core/plan/plan.ts';
import { wantsTick } from './core/partition/watch-itself.ts';
import { silencesAfter } from './core/overlay/silence.ts';
import { followingsAfter } from './core/people/unsubscribed.ts';
import type { AlertLog, AlertStore, CommandLog, StoredAlerts, UpdateLog } from './ports.ts';
import { takeUpLost, takeUpWritten } from './taking-up.ts';

/** In place of where on `alerts` to go on: alerts are there that were lost here and not taken up yet. */
const LOST = -1;

export type Loaded = {
  readonly state: PartitionState;
  /** What the store holds as cursor: the first commit begins there. */
  readonly storedCursor: number;
  readonly alertsNext: number;
  /** From where `alerts` was read. */
  readonly alertsFrom: number;
  /** How far the partition is known to have come; undefined where only the store says so. */
  readonly reached: Reached | undefined;
};

type Logs = {
  readonly store: AlertStore;
  readonly alerts: AlertLog;
  readonly updates: UpdateLog;
  readonly commands: CommandLog;
};
type At = {
  readonly partition: number;
  readonly owner: string;
  /** By a lane of before. */
  readonly reached: Reached | undefined;
  readonly nowMs: EpochMs;
};

/**
 * A partition's state as it was stored; what `alerts` holds beyond it, the log gives again. Where nothing is stored (the first
 * start, or Redis was lost) the log is read again from where memory begins (core/partition/recovery-point.ts), alerts are
 * taken from `alerts` and silences from `commands`, all as of the last offset that Kafka keeps: nothing before it acts.
 */
export async function loadPartition(
  ports: Logs,
  at: At,
  plans: readonly RulePlan[],
): Promise<Loaded> {
  const { store, alerts, updates } = ports;
  const { partition, owner } = at;
  const bounds = await updates.bounds(partition);
  const stored = await store.claim(partition, owner);
  const alertsNext = stored?.alertsNext ?? LOST;
  const alertsFrom = Math.max(0, alertsNext);
  const { records, next } = await alerts.readFrom(partition, alertsFrom);
  if (stored && alertsNext !== LOST) {
    const state = restore(partition, stored);
    state.cursor = Math.max(state.cursor, bounds.first);
    takeUpWritten(state, records, plans);
    state.toldBefore.endAt(bounds.end);
    const { reached } = at;
    return { state, storedCursor: stored.cursor, alertsNext: next, alertsFrom, reached };
  }
  const begin = await beginning(ports, at, { records, plans, stored, bounds });
  const start = { cursor: begin.cursor, activeFrom: begin.reached.offset, logMs: 0, awakeMs: 0 };
  // What is taken up now is stored by the first commit: until then a load must take up all of it again.
  const first = { ...start, alertsNext: LOST };
  if (!stored && !(await store.create(partition, owner, first)))
    throw new Error('another one began first');
  const state = new PartitionState(partition, start);
  const { offset, point } = begin.reached;
  if (point) {
    state.setCommandsNext(point.commands);
    state.setDormantBelow(point.dormantBelow);
  }
  takeUpLost(state, records, { known: offset, plans });
  state.toldBefore.endAt(bounds.end);
  await takeUpSaid(state, ports.commands, point);
  return {
    state,
    storedCursor: stored?.cursor ?? begin.cursor,
    alertsNext: next,
    alertsFrom,
    reached: begin.reached,
  };
}

/** From where to read a partition of which nothing is stored, and from where on to act. */
async function beginning(
  { updates }: Pick<Logs, 'updates'>,
  at: At,
  of: {
    readonly records: readonly AlertRecord[];
    readonly plans: readonly RulePlan[];
    readonly stored: StoredAlerts | undefined;
    readonly bounds: { readonly first: number; readonly end: number };
  },
): Promise<{ readonly cursor: number; readonly reached: Reached }> {
  const { records, plans, stored, bounds } = of;
  const { partition, nowMs } = at;
  const lookBackMs = Math.max(0, ...plans.map(cellMemoryMs));
  const cursorAt = async (sinceMs: EpochMs, end: number): Promise<number> =>
    Math.max(bounds.first, Math.min(await updates.offsetAt(partition, Math.max(0, sinceMs)), end));
  const known = furthest(at.reached, await updates.committed(partition)) ?? writtenTo(records);
  // An offset beyond the end is of another log.
  if (!known || known.offset > bounds.end) {
    const sinceMs = nowMs - lookBackMs;
    const offset = stored?.activeFrom ?? bounds.end;
    const point = { sinceMs, commands: 0, dormantBelow: offset };
    return { cursor: await cursorAt(sinceMs, offset), reached: { offset, point } };
  }
  const { offset, point } = known;
  // By the log's time, not the clock's: what was open when alerting last read may have been written long before now.
  const readMs = Math.min(nowMs, (await updates.timeAt(partition, offset - 1)) ?? nowMs);
  const sinceMs = Math.min(point?.sinceMs ?? Infinity, readMs - lookBackMs);
  return {
    cursor: await cursorAt(sinceMs, offset),
    reached: { offset, point: point && { ...point, sinceMs } },
  };
}

const furthest = (a: Reached | undefined, b: Reached | undefined): Reached | undefined =>
  a && b && b.offset > a.offset ? b : (a ?? b);

/** Where Kafka keeps no offset any more: alerts were acted on up to here. */
function writtenTo(records: readonly AlertRecord[]): Reached | undefined {
  if (records.length === 0) return undefined;
  const offset = records.reduce((max, record) => Math.max(max, record.inputOffset + 1), 0);
  return { offset, point: undefined };
}

/**
 * What people silenced, and whom they told that they follow no more, by the commands that counted; what came after them is
 * said again by the clocks. Where it is not known which counted, all hold from the first record on.
 */
async function takeUpSaid(
  state: PartitionState,
  commands: CommandLog,
  point: RecoveryPoint | undefined,
): Promise<void> {
  const to = point?.commands ?? (await commands.end());
  const said = to > 0 ? await commands.read(0, to) : [];
  for (const silence of silencesAfter(new Map(), said).values()) state.setSilence(silence);
  for (const [key, { kind, offset }] of followingsAfter(new Map(), said))
    state.following.set(key, { kind, offset });
}

/**
 * All alerts of the installation, whichever process owns them.
 * @throws redis_unavailable; rebuilding while the state of a partition is not there
 */
export async function readAlerts(ports: {
  store: AlertStore;
  updates: UpdateLog;
}): Promise<readonly AlertState[]> {
  const count = await ports.updates.partitions();
  const numbers = Array.from({ length: count }, (_, partition) => partition);
  const stored = await Promise.all(numbers.map(ports.store.documents));
  if (stored.includes(undefined))
    throw new TidemarkError('rebuilding', 'alerts are being read from the log');
  return stored.flatMap((documents) => (documents ?? []).map(parseStored));
}

/**
 * Whether a record may matter: alerting's own clock, a metric that a rule reads, or a tick that the built-in rules live by.
 * Keys say so before decoding; a tick's has no series.
 */
export function isReadFor(state: PartitionState, key: Buffer | null): boolean {
  if (!key) return true;
  const text = key.toString('utf8');
  const cut = text.indexOf(' ');
  if (cut === -1 || state.readsMetric(text.slice(0, cut))) return true;
  return cut === text.length - 1 && wantsTick(state, text.slice(0, cut));
}
