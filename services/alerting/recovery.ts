import type { AlertRecord } from '../kernel/alert.ts';
import { TidemarkError } from '../kernel/errors.ts';
import type { EpochMs } from '../kernel/time.ts';
import { isBuiltIn } from '../kernel/built-in-rules.ts';
import { isSettled } from './core/sending/delivery.ts';
import type { Delivery } from './core/sending/delivery.ts';
import type { AlertState, Episode } from './core/alert/episode.ts';
import { PartitionState } from './core/partition/partition-state.ts';
import { parseStored, restore } from './core/partition/restore.ts';
import { memoryMs, windowLengthMs } from './core/plan/plan.ts';
import type { RulePlan } from './core/plan/plan.ts';
import { parseDocument } from './core/alert/record.ts';
import { wantsTick } from './core/partition/watch-itself.ts';
import { silencesAfter } from './core/overlay/silence.ts';
import { followingsAfter } from './core/people/unsubscribed.ts';
import type { AlertLog, AlertStore, CommandLog, UpdateLog } from './ports.ts';

/** In place of where on `alerts` to go on: alerts are there that were lost here and not taken up yet. */
const LOST = -1;

export type Loaded = {
  readonly state: PartitionState;
  /** What the store holds as cursor: the first commit begins there. */
  readonly storedCursor: number;
  readonly alertsNext: number;
};

/**
 * A partition's state as it was stored; what `alerts` holds beyond it, the log gives again. Where nothing is stored (the first start, or
 * Redis was lost) the alerts are taken from `alerts`, and the log is read again to fill their memory: an alert acts from
 * the record after its last transition on, one without any from where alerting had come. Commands are read again from
 * the first one: an alert's document says which were applied to it.
 */
export async function loadPartition(
  ports: { store: AlertStore; alerts: AlertLog; updates: UpdateLog; commands: CommandLog },
  at: { partition: number; owner: string; committed: number | undefined; nowMs: EpochMs },
  plans: readonly RulePlan[],
): Promise<Loaded> {
  const { store, alerts, updates } = ports;
  const { partition, owner } = at;
  const bounds = await updates.bounds(partition);
  const stored = await store.claim(partition, owner);
  const alertsNext = stored?.alertsNext ?? LOST;
  const { records, next } = await alerts.readFrom(partition, Math.max(0, alertsNext));
  if (stored) {
    const state = restore(partition, stored);
    state.cursor = Math.max(state.cursor, bounds.first);
    if (alertsNext === LOST) await adoptLost(state, records, ports.commands);
    else {
      const { told, strange } = byReplay(records, plans);
      for (const list of Map.groupBy(told, ({ id }) => id).values()) keepTold(state, list);
      adopt(state, strange);
    }
    return { state, storedCursor: stored.cursor, alertsNext: next };
  }
  const known = Math.max(at.committed ?? 0, (await updates.committed(partition)) ?? 0);
  const lookBackMs = Math.max(0, ...plans.map((plan) => memoryMs(plan) + 2 * windowLengthMs(plan)));
  // By the log's time, not the clock's: what was open when alerting last read may have been written long before now.
  const sinceMs = Math.min(at.nowMs, (await updates.timeAt(partition, known - 1)) ?? at.nowMs);
  const from = await updates.offsetAt(partition, Math.max(0, sinceMs - lookBackMs));
  const activeFrom = known > 0 ? known : bounds.end;
  const cursor = Math.max(bounds.first, Math.min(from, activeFrom));
  const start = { cursor, activeFrom, logMs: 0, awakeMs: 0 };
  // What is adopted now is stored by the first commit: until then a load must read all of `alerts` again.
  const first = { ...start, alertsNext: records.length > 0 ? LOST : next };
  if (!(await store.create(partition, owner, first))) throw new Error('another one began first');
  const state = new PartitionState(partition, start);
  await adoptLost(state, records, ports.commands);
  return { state, storedCursor: cursor, alertsNext: next };
}

/** Takes up all that was lost. What people silenced holds from the first record on, even where no clock of before is read again. */
async function adoptLost(
  state: PartitionState,
  records: readonly AlertRecord[],
  commands: CommandLog,
): Promise<void> {
  adopt(state, records);
  if (records.length === 0) return;
  const all = await commands.read(0, await commands.end());
  for (const silence of silencesAfter(new Map(), all).values()) state.setSilence(silence);
  for (const [key, { kind, offset }] of followingsAfter(new Map(), all))
    state.setFollowing(key, { kind, offset });
}

/**
 * What was written to `alerts` and not committed, in two. `told`: under the rules of now the log gives the same again, so
 * it is read again; to take such alerts up as they came to be would show them, from the future, to those that they mute.
 * `strange`: of rules that are other ones or no more, which no reading gives again.
 */
function byReplay(
  records: readonly AlertRecord[],
  plans: readonly RulePlan[],
): { readonly told: readonly AlertRecord[]; readonly strange: readonly AlertRecord[] } {
  const versions = new Map(plans.map(({ rule, metric }) => [rule.id, [rule, metric]]));
  const isSame = ({ rule, ruleVersion, metricVersion }: AlertRecord): boolean => {
    const [own, metric] = versions.get(rule) ?? [];
    if (isBuiltIn(rule)) return true;
    return own?.version === ruleVersion && metric?.version === metricVersion;
  };
  return {
    told: records.filter(isSame),
    strange: records.filter((record) => !isSame(record)),
  };
}

/**
 * Of an alert that is read again: what arrived is not sent again. Deliveries are no part of the log, so their records are
 * counted, and the rest then comes under the numbers that it had.
 */
function keepTold(state: PartitionState, records: readonly AlertRecord[]): void {
  const record = newestOf(records)[0];
  const track = record && state.tracks.get(record.id);
  if (!track || track.alert.sequence >= record.sequence) return;
  const deliveries = records.filter(
    ({ transition, sequence }) =>
      sequence > track.alert.sequence &&
      (transition === 'delivered' || transition === 'not_delivered'),
  );
  const written = parseDocument(record.document);
  const settled = new Map(
    [...written.ended, ...(written.episode ? [written.episode] : [])]
      .flatMap(({ deliveries }) => Object.entries(deliveries))
      .filter(([, delivery]) => isSettled(delivery)),
  );
  const noted = (episode: Episode): Episode => {
    const own = episode.messages.flatMap(({ id }): [string, Delivery][] => {
      const delivery = settled.get(id);
      return delivery ? [[id, delivery]] : [];
    });
    return { ...episode, deliveries: { ...episode.deliveries, ...Object.fromEntries(own) } };
  };
  const { alert } = track;
  state.setAlert(track, {
    ...alert,
    sequence: alert.sequence + new Set(deliveries.map(({ sequence }) => sequence)).size,
    episode: alert.episode && noted(alert.episode),
    ended: alert.ended.map(noted),
  });
}

/** The last record of each alert. */
function newestOf(records: readonly AlertRecord[]): readonly AlertRecord[] {
  const newest = new Map<string, AlertRecord>();
  for (const record of records)
    if (record.sequence >= (newest.get(record.id)?.sequence ?? 0)) newest.set(record.id, record);
  return [...newest.values()];
}

/** Takes alerts whose record on `alerts` is newer than what is known. */
function adopt(state: PartitionState, records: readonly AlertRecord[]): void {
  for (const record of newestOf(records)) {
    const known = state.tracks.get(record.id);
    if (known && known.alert.sequence >= record.sequence) continue;
    const slots = known?.alert.slots ?? [];
    const resumeAt = Math.max(known?.resumeAt ?? 0, record.inputOffset + 1);
    if (known) {
      state.setAlert(known, { ...parseDocument(record.document), slots });
      state.resume(known, resumeAt);
      continue;
    }
    const track = state.addTrack({
      plan: undefined,
      alert: { ...parseDocument(record.document), sequence: 0 },
      nextStartMs: null,
      resumeAt,
      isDormant: false,
    });
    state.setAlert(track, parseDocument(record.document));
  }
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
