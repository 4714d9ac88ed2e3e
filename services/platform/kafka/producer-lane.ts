import type { TidemarkError } from '../../kernel/errors.ts';
import type { Result } from '../../kernel/result.ts';
import type { BatchRecord } from './write-batch.ts';

export type Written = { readonly offset: number };

/** One call: the fates of its records, as they become known. */
export type Handover = {
  readonly enqueuedMs: number;
  readonly fates: Result<Written, TidemarkError>[];
  left: number;
  readonly resolve: (fates: readonly Result<Written, TidemarkError>[]) => void;
};
export type Pending = BatchRecord & {
  readonly bytes: number;
  readonly handover: Handover;
  /** Its place among the records of the call. */
  readonly index: number;
};
/** One partition: what waits, and whether a batch is under way. */
export type Lane = {
  readonly topic: string;
  readonly partition: number;
  queue: Pending[];
  queuedBytes: number;
  isSending: boolean;
  lastSentMs: number;
  timer: NodeJS.Timeout | undefined;
  immediate: NodeJS.Immediate | undefined;
};
export type Lanes = {
  /** Made when it is first asked for. */
  readonly of: (topic: string, partition: number) => Lane;
  readonly all: () => readonly Lane[];
};

export function createLanes(): Lanes {
  const lanes = new Map<string, Map<number, Lane>>();
  return {
    of(topic, partition) {
      let partitions = lanes.get(topic);
      if (!partitions) lanes.set(topic, (partitions = new Map<number, Lane>()));
      let lane = partitions.get(partition);
      if (!lane) partitions.set(partition, (lane = emptyLane(topic, partition)));
      return lane;
    },
    all: () => [...lanes.values()].flatMap((partitions) => [...partitions.values()]),
  };
}

const emptyLane = (topic: string, partition: number): Lane => ({
  topic,
  partition,
  queue: [],
  queuedBytes: 0,
  isSending: false,
  lastSentMs: 0,
  timer: undefined,
  immediate: undefined,
});

/** Frame of a record in a batch: lengths, deltas, attributes; at most this. */
const RECORD_OVERHEAD_BYTES = 32;
export const sizeOf = ({ key, value }: BatchRecord): number =>
  RECORD_OVERHEAD_BYTES + (key?.length ?? 0) + (value?.length ?? 0);

/** Tells the fate of one record; its call is answered with its last. */
export function settle({ handover, index }: Pending, fate: Result<Written, TidemarkError>): void {
  handover.fates[index] = fate;
  if (--handover.left === 0) handover.resolve(handover.fates);
}

/** Nothing waits, nothing is under way. */
export const isIdle = (lane: Lane): boolean => !lane.isSending && lane.queue.length === 0;

/** Takes a batch off the lane: at least one record, then as many as the limits allow. */
export function take(
  lane: Lane,
  limits: { readonly batchBytesMax: number; readonly batchRecordsMax: number },
): readonly Pending[] {
  let bytes = 0;
  let count = 0;
  for (const record of lane.queue) {
    if (
      count > 0 &&
      (bytes + record.bytes > limits.batchBytesMax || count >= limits.batchRecordsMax)
    )
      break;
    bytes += record.bytes;
    count++;
  }
  lane.queuedBytes -= bytes;
  return lane.queue.splice(0, count);
}

export function stopTimers(lane: Lane): void {
  clearTimeout(lane.timer);
  clearImmediate(lane.immediate);
  lane.timer = undefined;
  lane.immediate = undefined;
}
