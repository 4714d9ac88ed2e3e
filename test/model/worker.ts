import type { Guards } from './guards.ts';
import type { Log } from './log.ts';
import { PARTITIONS } from './log.ts';
import { floorOf } from './slot.ts';
import type { Command, Slot, View } from './slot.ts';

/**
 * A worker's judge of a partition: it has read the log from `began` on, and may be asked from `base` on; it judges as any
 * other does that has read from `from` on.
 */
export type Judge = { readonly from: number; readonly began: number; readonly base: number };
/**
 * One aggregator process. A zombie is one whose `owned` another worker has been given too: nothing tells it, and a pause
 * is that it does nothing while the others go on.
 */
export type Worker = {
  readonly owned: readonly number[];
  readonly judges: readonly (Judge | undefined)[];
  /** The projection as it was opened; undefined while it is not. */
  readonly opened: Opened | undefined;
  /** Sent, and not answered yet. */
  readonly command: Command | undefined;
  readonly published: { readonly view: View; readonly isSent: boolean } | undefined;
};
export type Opened = {
  readonly generation: number;
  /** From where on records tell copies from others. */
  readonly floor: readonly number[];
  readonly next: readonly number[];
  readonly watermarks: readonly number[];
};
type Rules = { readonly log: Log; readonly truth: Log; readonly guards: Guards };

export const idle = (owned: readonly number[]): Worker => ({
  owned,
  judges: PARTITIONS.map(() => undefined),
  opened: undefined,
  command: undefined,
  published: undefined,
});

/**
 * `lane.ts` activate and `partitions.ts`: cursors are taken from the slot; a judge that reaches back to them is kept.
 * @param start of the log: what lies before it can be read no more
 */
export function open(
  worker: Worker,
  { slot, start }: { slot: Slot; start: readonly number[] },
  { log, guards }: Rules,
): Worker {
  const judges = worker.judges.map((judge, partition): Judge | undefined => {
    if (!worker.owned.includes(partition)) return undefined;
    const next = slot.next[partition] as number;
    const first = slot.first[partition] as number;
    const floor = guards.judgeOfWhatIsLeft ? floorOf(slot, partition) : first;
    if (judge && judge.base <= next && (judge.began >= floor || !guards.judgeOfOwnLog))
      return judge;
    const from = log.indexFrom(
      { partition, offset: next },
      Math.max(floor, start[partition] as number),
    );
    return { from: alike(log, { partition, offset: next }, from), began: from, base: next };
  });
  // What is of partitions that it does not own is never looked at: left out, so that equal workers look equal.
  const owned = (values: readonly number[]): number[] =>
    values.map((value, partition) => (worker.owned.includes(partition) ? value : 0));
  const { generation } = slot;
  const floor = owned(PARTITIONS.map((partition) => floorOf(slot, partition)));
  const next = owned(slot.next);
  const watermarks = guards.storedWatermark ? owned(slot.watermarks) : PARTITIONS.map(() => 0);
  return { ...worker, judges, opened: { generation, floor, next, watermarks } };
}

/** The least beginning of an index that gives the same judgements from `offset` on as `from` does. */
function alike(
  log: Log,
  { partition, offset }: { partition: number; offset: number },
  from: number,
): number {
  const isAlike = (other: number): boolean => {
    for (let at = offset; at < (log.ends[partition] as number); at++) {
      const [a, b] = [from, other].map((one) => log.judged({ partition, offset: at }, one));
      if (a?.verdict !== b?.verdict || a?.watermarkMs !== b?.watermarkMs) return false;
    }
    return true;
  };
  let least = from;
  for (let other = from - 1; other >= 0; other--) if (isAlike(other)) least = other;
  return least;
}

/**
 * Reads each owned partition up to `to`, gathers (`core/projector.ts`) and takes what it gathered as one flush. What is
 * read touches nothing but the worker, so that reading and sending as one step leaves no outcome out.
 */
export function gather(
  worker: Worker & { readonly opened: Opened },
  to: readonly number[],
  { log, truth, guards }: Rules,
): { readonly worker: Worker; readonly broken?: string | undefined } {
  const { opened } = worker;
  const watermarks = [...opened.watermarks];
  const counted: number[] = [];
  let restated = 0;
  let broken: string | undefined;
  for (const partition of worker.owned)
    for (
      let offset = opened.next[partition] as number;
      offset < (to[partition] as number);
      offset++
    ) {
      const at = { partition, offset };
      const before = watermarks[partition] as number;
      const judged = log.judged(at, worker.judges[partition]?.from ?? offset);
      const should = truth.judged(at, opened.floor[partition] as number);
      if (judged.verdict !== should.verdict)
        broken ??= `${truth.describe(log.numberOf(at))} at ${partition}/${offset} is ${judged.verdict} to this worker, and ${should.verdict} to one that reads all that is left`;
      const seen = guards.ownPartitionLateness
        ? before
        : Math.min(...worker.owned.map((one) => watermarks[one] as number));
      if (judged.verdict === 'event' && !log.isLate(at, seen)) {
        counted.push(log.numberOf(at));
        const cell = log.cellOf(at);
        if (log.isHistorical(at) && (log.cells[cell]?.finalMs ?? 0) <= before)
          restated |= 1 << cell;
      }
      watermarks[partition] = Math.max(before, judged.watermarkMs);
    }
  const spans = worker.owned
    .filter((partition) => (to[partition] as number) > (opened.next[partition] as number))
    .map((partition) => ({
      partition,
      from: opened.next[partition] as number,
      to: to[partition] as number,
      watermarkMs: watermarks[partition] as number,
    }));
  const command = { generation: opened.generation, spans, counted, restated };
  return { worker: { ...worker, opened: { ...opened, next: to, watermarks }, command }, broken };
}

/** A naive recount of what was in the log from `first` to `next`, less what was lost: what the slot must hold. */
export function recount(
  truth: Log,
  { first, next, lost }: Pick<Slot, 'first' | 'next' | 'lost'>,
): { readonly counts: number; readonly watermarks: readonly number[] } {
  let counts = 0;
  const watermarks = PARTITIONS.map((partition) => {
    let watermarkMs = 0;
    for (let offset = first[partition] as number; offset < (next[partition] as number); offset++) {
      const at = { partition, offset };
      const [from, to] = lost[partition] ?? [0, 0];
      if (offset >= from && offset < to) continue;
      const floor = offset < to ? 0 : to;
      const judged = truth.judged(at, Math.max(first[partition] as number, floor));
      if (judged.verdict === 'event' && !truth.isLate(at, watermarkMs))
        counts += 1 << (2 * truth.numberOf(at));
      watermarkMs = Math.max(watermarkMs, judged.watermarkMs);
    }
    return watermarkMs;
  });
  return { counts, watermarks };
}
