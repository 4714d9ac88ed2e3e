import type { EpochMs } from '../../kernel/time.ts';
import type { Conservation } from './answers.ts';

/** What a projection counted of one source partition since its first offset; each moved in the flush that moved the cells. */
export const COUNTERS = [
  'counted',
  'filtered',
  'late',
  'expired',
  'duplicate',
  'conflict',
  'dead_lettered',
  'heartbeat',
  'hole',
  'lost',
] as const;
export type Counter = (typeof COUNTERS)[number];

export type PartitionAccount = {
  readonly topic: string;
  readonly partition: number;
  /** First offset that the projection counts, and the next that it reads. */
  readonly first: number;
  readonly next: number;
  /** 0 while there is none. */
  readonly watermarkMs: EpochMs;
  readonly appendMs: EpochMs;
  readonly rebuilding: boolean;
  readonly counters: Readonly<Record<Counter, number>>;
};

/**
 * The conservation equation of one metric over one topic (design P3). Each term is measured by itself: the log's end by
 * the broker, cursors and counters in the slot. `difference` = records − every outcome − in flight: what is lost
 * (positive) or told twice (negative). It does not depend on when the ends were read, since they cancel out.
 * @param ends log end by partition; a partition without one counts as read to its end
 */
export function conservationOf(
  ref: { metric: string; version: string },
  partitions: readonly PartitionAccount[],
  ends: ReadonlyMap<number, number>,
): Conservation {
  const total = (counter: Counter): number =>
    partitions.reduce((sum, { counters }) => sum + counters[counter], 0);
  const span = (from: (at: PartitionAccount) => number): number =>
    partitions.reduce((sum, at) => sum + Math.max(endOf(at, ends), at.next) - from(at), 0);
  const inFlight = span(({ next }) => next);
  const heartbeats = total('heartbeat');
  const holes = total('hole');
  const outcomes = {
    counted: total('counted'),
    filtered: total('filtered'),
    late: total('late'),
    expired: total('expired'),
    duplicate: total('duplicate'),
    conflict: total('conflict'),
    deadLettered: total('dead_lettered'),
    lost: total('lost'),
  };
  const records = span(({ first }) => first) - heartbeats - holes;
  const accounted = Object.values(outcomes).reduce((sum, events) => sum + events, inFlight);
  return {
    ...ref,
    records,
    ...outcomes,
    inFlight,
    heartbeats,
    holes,
    difference: records - accounted,
  };
}

const endOf = (at: PartitionAccount, ends: ReadonlyMap<number, number>): number =>
  ends.get(at.partition) ?? at.next;

/**
 * Offsets that the counters do not account for, over all partitions and without sign, so that two faults cannot hide
 * each other: Σ |cursor − first − Σ counters|. 0 when P3 holds; needs no broker.
 */
export const conservationGap = (partitions: readonly PartitionAccount[]): number =>
  partitions.reduce((gap, { first, next, counters }) => {
    const counted = COUNTERS.reduce((sum, counter) => sum + counters[counter], 0);
    return gap + Math.abs(next - first - counted);
  }, 0);
