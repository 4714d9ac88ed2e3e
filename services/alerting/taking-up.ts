import type { AlertRecord } from '../kernel/alert.ts';
import { isBuiltIn } from '../kernel/built-in-rules.ts';
import { nextStartIn, parseDocument } from './core/alert/record.ts';
import type { PartitionState } from './core/partition/partition-state.ts';
import type { Track } from './core/partition/track.ts';
import type { RulePlan } from './core/plan/plan.ts';

/**
 * Takes up all alerts after a loss. Each is brought back as it was at the last record of before `known`, and acts from there
 * on; what came later is told again by the log. An alert of which compaction left only what came later goes on behind that.
 */
export function takeUpLost(
  state: PartitionState,
  records: readonly AlertRecord[],
  of: { readonly known: number; readonly plans: readonly RulePlan[] },
): void {
  const { known, plans } = of;
  const again: AlertRecord[] = [];
  for (const own of Map.groupBy(records, ({ id }) => id).values()) {
    const before = newestOf(own.filter(({ inputOffset }) => inputOffset < known));
    const later = own.filter(({ inputOffset }) => inputOffset >= known);
    if (before) bringBack(state, before, known);
    if (before || later.some(({ sequence }) => sequence === 1)) again.push(...later);
    else adopt(state, later);
  }
  takeUpWritten(state, again, plans);
}

/**
 * What was written to `alerts` and not committed, in two. Under the rules of now the log gives the same again, so it is read
 * again; to take such alerts up as they came to be would show them, from the future, to those that they mute. What is of
 * rules that are other ones or no more, no reading gives again.
 */
export function takeUpWritten(
  state: PartitionState,
  records: readonly AlertRecord[],
  plans: readonly RulePlan[],
): void {
  const versions = new Map(plans.map(({ rule, metric }) => [rule.id, [rule, metric]]));
  const isSame = ({ rule, ruleVersion, metricVersion }: AlertRecord): boolean => {
    const [own, metric] = versions.get(rule) ?? [];
    if (isBuiltIn(rule)) return true;
    return own?.version === ruleVersion && metric?.version === metricVersion;
  };
  // What lies before it is decided and stored; a delivery tells of the record before the cursor.
  const fromOffset = state.cursor - 1;
  const news = records.filter(({ inputOffset }) => inputOffset >= fromOffset);
  for (const own of Map.groupBy(news, ({ id }) => id).values()) {
    if (own.every(isSame)) keepArrived(state, own);
    else adopt(state, own);
  }
}

/** Of an alert that is read again: what arrived is not sent again. */
function keepArrived(state: PartitionState, records: readonly AlertRecord[]): void {
  for (const { sequence, inputOffset, document } of records)
    state.toldBefore.add({ sequence, inputOffset, alert: parseDocument(document) });
  const track = state.tracks.get(records[0]?.id ?? '');
  if (track) state.setAlert(track, state.toldBefore.withArrived(track.alert));
}

/** The record that says how an alert is: whoever lost the partition may have written others meanwhile, of before. */
const newestOf = (records: readonly AlertRecord[]): AlertRecord | undefined =>
  records.toSorted((a, b) => a.inputOffset - b.inputOffset || a.sequence - b.sequence).at(-1);

/** Takes an alert as its newest record on `alerts` has it, if that is newer than what is known. */
function adopt(state: PartitionState, records: readonly AlertRecord[]): void {
  const record = newestOf(records);
  if (!record) return;
  const known = state.tracks.get(record.id);
  if (!known) return bringBack(state, record, record.inputOffset + 1);
  if (known.alert.sequence >= record.sequence) return;
  state.setAlert(known, { ...parseDocument(record.document), slots: known.alert.slots });
  state.resume(known, Math.max(known.resumeAt, record.inputOffset + 1));
}

/** @param resumeAt up to where nothing happened to it but what its record does not say */
function bringBack(
  state: PartitionState,
  { document, inputOffset }: AlertRecord,
  resumeAt: number,
): void {
  const alert = parseDocument(document);
  const followFrom = Math.min(inputOffset + 1, resumeAt);
  const next = followFrom > state.cursor ? nextStartIn(document) : undefined;
  const followNextMs: Track['followNextMs'] = next === undefined ? 'tick' : next;
  const follows = { followFrom, followNextMs };
  const as = { plan: undefined, nextStartMs: null, resumeAt, ...follows, isDormant: false };
  const track = state.addTrack({ ...as, alert: { ...alert, sequence: 0 } });
  state.setAlert(track, alert);
}
