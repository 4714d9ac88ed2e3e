import type { EpochMs } from '../../../kernel/time.ts';
import { OK, step, underPolicy } from './condition.ts';
import type { Machine, Policy } from './condition.ts';
import { stepMsOf } from './episode.ts';
import type { Check, Slot } from './episode.ts';
import { isPartialSlot } from './open-window.ts';
import { SLOTS_MAX } from '../plan/plan.ts';
import type { RulePlan } from '../plan/plan.ts';

/** Slots in order of their windows, one per window. */
type Slots = readonly Slot[];

export function slotOf(check: Pick<Check, 'window' | 'verdict' | 'value'>): Slot {
  const { window, verdict, value } = check;
  const isClosed = window.state !== 'open';
  const startMs = stepMsOf(check);
  return { startMs, endMs: window.endMs, verdict, isClosed, value: isClosed ? value : null };
}

export function slotAt(slots: Slots, startMs: EpochMs): Slot | undefined {
  for (let i = slots.length - 1; i >= 0; i--) {
    const slot = slots[i] as Slot;
    if (slot.startMs <= startMs) return slot.startMs === startMs ? slot : undefined;
  }
  return undefined;
}

/**
 * The slots with this one in its place; what lies before `forgetBeforeMs` or beyond the bound is forgotten. What M of N
 * counts is kept however old: a watermark that has gone far ahead, after an outage or of a metric that takes nothing
 * late, leaves all windows behind at once, and they are judged one by one.
 * @returns the same ones where nothing changes: most looks find what the last one found
 */
export function withSlot(
  slots: Slots,
  slot: Slot,
  keep: { readonly forgetBeforeMs: EpochMs; readonly policy: Policy },
): Slots {
  const next = placed(slots, slot);
  const isAllYoung = (next[0] as Slot).endMs >= keep.forgetBeforeMs;
  if (isAllYoung && next.length <= SLOTS_MAX) return next;
  const from = next.findIndex(({ endMs }) => endMs >= keep.forgetBeforeMs);
  const youngFrom = from === -1 ? next.length - 1 : from;
  const neededFrom = youngFrom === 0 ? 0 : Math.min(youngFrom, countedFrom(next, keep.policy));
  const keptFrom = Math.max(neededFrom, next.length - SLOTS_MAX);
  return keptFrom > 0 ? next.slice(keptFrom) : next;
}

function placed(slots: Slots, slot: Slot): Slots {
  let at = slots.length - 1;
  while (at >= 0 && (slots[at] as Slot).startMs > slot.startMs) at--;
  const known = slots[at];
  if (known?.startMs !== slot.startMs) return slots.toSpliced(at + 1, 0, slot);
  return isSame(known, slot) ? slots : slots.with(at, slot);
}

export const isSame = (a: Slot, b: Slot): boolean =>
  a.startMs === b.startMs &&
  a.verdict === b.verdict &&
  a.isClosed === b.isClosed &&
  a.endMs === b.endMs &&
  a.value === b.value;

/** Whether both forget alike: only what they count is kept beyond its time. */
export const remembersAlike = (a: Policy, b: Policy): boolean =>
  a === b || (countedBy(a) === countedBy(b) && a.noData === b.noData);
const countedBy = (policy: Policy): number =>
  policy.for && 'of' in policy.for ? policy.for.of : 1;

/** Index of the first of the last N conclusive slots; 0 when there are not as many. */
function countedFrom(slots: Slots, policy: Policy): number {
  let wanted = countedBy(policy);
  for (let i = slots.length - 1; i > 0; i--)
    if (isConclusive(slots[i] as Slot, policy) && --wanted === 0) return i;
  return 0;
}

function isConclusive({ verdict }: Slot, policy: Policy): boolean {
  const counted = underPolicy(verdict, policy);
  return counted !== 'inconclusive' && counted !== 'absent';
}

/** The last N conclusive windows up to this one that count: what `for: { breaches, of }` looks at. */
function lastConclusive(
  slots: Slots,
  upTo: { startMs: EpochMs; historyFromMs: EpochMs },
  policy: Policy,
): Slots {
  const wanted = countedBy(policy);
  const found: Slot[] = [];
  for (let i = slots.length - 1; i >= 0 && found.length < wanted; i--) {
    const slot = slots[i] as Slot;
    if (slot.startMs < upTo.historyFromMs) break;
    if (slot.startMs <= upTo.startMs && isConclusive(slot, policy)) found.unshift(slot);
  }
  return found;
}

/** Breaches among them. */
export function breachesUpTo(
  slots: Slots,
  upTo: { startMs: EpochMs; historyFromMs: EpochMs },
  policy: Policy,
): number {
  let breaches = 0;
  for (const { verdict } of lastConclusive(slots, upTo, policy))
    if (underPolicy(verdict, policy) === 'breach') breaches++;
  return breaches;
}

/**
 * The windows without events that end with the one that begins at `upToMs`, newest first: nobody has heard of the series
 * since the last of them began. What is inconclusive neither counts nor ends them.
 */
export function absentUpTo(slots: Slots, upToMs: EpochMs = Infinity): readonly Slot[] {
  const found: Slot[] = [];
  for (let i = slots.length - 1; i >= 0; i--) {
    const slot = slots[i] as Slot;
    if (slot.startMs > upToMs || slot.verdict === 'inconclusive') continue;
    if (slot.verdict !== 'absent') break;
    found.push(slot);
  }
  return found;
}

/** What a rule that waits for more than one window without events wants to know. */
export const absencesAt = (
  slots: Slots,
  { startMs, verdict }: Pick<Slot, 'startMs' | 'verdict'>,
  { noDataAfter }: Policy,
): { readonly absences?: number } =>
  verdict === 'absent' && noDataAfter !== undefined
    ? { absences: absentUpTo(slots, startMs).length }
    : {};

/** Start of the first window that an episode opened at `startMs` stands on. */
export function basisOf(
  slots: Slots,
  opened: { startMs: EpochMs; historyFromMs: EpochMs; activeAtMs: EpochMs },
  policy: Policy,
): EpochMs {
  const counted = lastConclusive(slots, opened, policy)[0]?.startMs ?? opened.startMs;
  const active = slots.find(({ endMs }) => endMs >= opened.activeAtMs)?.startMs ?? opened.startMs;
  return Math.min(counted, active, opened.startMs);
}

/** The machine run anew over these windows, as if what is known now had always been known. */
export function refold(
  slots: Slots,
  range: { fromMs: EpochMs; toMs: EpochMs; watermarkMs: EpochMs; plan: Pick<RulePlan, 'metric'> },
  policy: Policy,
): { readonly machine: Machine; readonly hasFired: boolean } {
  let machine = OK;
  let hasFired = false;
  for (const slot of slots) {
    if (slot.startMs < range.fromMs || slot.startMs > range.toMs) continue;
    const breaches = breachesUpTo(
      slots,
      { startMs: slot.startMs, historyFromMs: range.fromMs },
      policy,
    );
    const atMs = Math.max(slot.startMs, Math.min(slot.endMs, range.watermarkMs));
    const absent = absencesAt(slots, slot, policy);
    const isPartial = isPartialSlot(slot, range.plan);
    const check = { verdict: slot.verdict, atMs, breaches, ...absent, isPartial };
    machine = step(machine, check, policy).machine;
    hasFired ||= machine.condition === 'firing';
  }
  return { machine, hasFired };
}
