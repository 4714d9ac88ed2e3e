import { holdsNow } from '../plan/plan.ts';
import type { RulePlan } from '../plan/plan.ts';
import { stepMsOf } from './episode.ts';
import type { AlertState, Check, Slot } from './episode.ts';

/**
 * Whether that the window does not breach may come from what is still missing of it. Law: an open window may show a breach;
 * what it shows else ends nothing, since a count that has only begun lies below every limit. But what this window alone
 * began, a later value of it takes back; and a newest value holds however much of its window is still to come.
 */
export const isPartial = (
  state: Pick<AlertState, 'machine' | 'episode' | 'pendedBy'>,
  check: Pick<Check, 'window' | 'verdict'>,
  plan: Pick<RulePlan, 'metric'>,
): boolean =>
  check.window.state === 'open' &&
  check.verdict !== 'breach' &&
  !holdsNow(plan) &&
  (state.machine.activeAtMs ?? 0) <= stepMsOf(check) &&
  beganMs(state) !== stepMsOf(check);

/** Start of the first window that it stands on: while the watermark trails, the machine's own beginning does not tell which. */
const beganMs = ({ machine, episode, pendedBy }: Parameters<typeof isPartial>[0]) =>
  machine.condition === 'pending' ? pendedBy && stepMsOf(pendedBy.check) : episode?.basisFromMs;

/**
 * Whether what was seen last still is what the alert burns by: a newer window that has only begun says nothing of it, and what
 * is told meanwhile must not set its number beside the threshold. Of newest values it is one that has none yet.
 */
export const stands = (
  state: Pick<AlertState, 'machine' | 'episode' | 'pendedBy' | 'last'>,
  check: Pick<Check, 'window' | 'verdict' | 'value'>,
  plan: Pick<RulePlan, 'metric'>,
): boolean =>
  state.last !== null &&
  state.episode !== null &&
  stepMsOf(state.last) < stepMsOf(check) &&
  (isStillEmpty(check) || (state.machine.condition !== 'nodata' && isPartial(state, check, plan)));

const isStillEmpty = ({ window, value }: Pick<Check, 'window' | 'value'>): boolean =>
  window.state === 'open' && value === null;

/** The same of a window as it is remembered, where the machine is run anew: what it had begun is known to be taken back. */
export const isPartialSlot = ({ isClosed }: Slot, plan: Pick<RulePlan, 'metric'>): boolean =>
  !isClosed && !holdsNow(plan);

/**
 * Open windows overlap in time: events of the next one come while the watermark has yet to pass the end of the last. The
 * newest one that says something decides; an older one that closes may still show a breach that nobody was told of, no
 * more. Of a window without a value each newer one says that there is data.
 */
export function isPast(
  { slots }: Pick<AlertState, 'slots'>,
  check: Pick<Check, 'window' | 'verdict'>,
  plan: Pick<RulePlan, 'metric' | 'rule'>,
): boolean {
  const startMs = stepMsOf(check);
  const isToldByAny = check.verdict === 'absent' && plan.rule.noData !== 'ok';
  for (let i = slots.length - 1; i >= 0; i--) {
    const slot = slots[i] as Slot;
    if (slot.startMs <= startMs) return false;
    if (isToldByAny || says(slot, plan)) return true;
  }
  return false;
}

const says = (slot: Slot, plan: Pick<RulePlan, 'metric'>): boolean =>
  slot.verdict === 'breach' || slot.verdict === 'absent' || !isPartialSlot(slot, plan);
