/** The guards that the design names, each of which can be taken out to see what it is there for. */
export type Guards = {
  /** `lua/apply.lua`: nothing is applied unless the stored cursor is where the gathering began. */
  readonly compareAndSet: boolean;
  /** … for every partition of the flush; without it, for its first one. */
  readonly allCursors: boolean;
  /** … by equality; without it, whatever does not lie before the stored cursor is applied. */
  readonly equality: boolean;
  /** `lua/apply.lua`: a flush is of the stored generation. */
  readonly generation: boolean;
  /** `opening.ts`, `core/projection-state.ts`: lateness goes on from the stored watermark; without it, from none. */
  readonly storedWatermark: boolean;
  /** `core/projector.ts`: late by the record's own partition; without it, by the minimum over the worker's partitions. */
  readonly ownPartitionLateness: boolean;
  /** `opening.ts` and `core/horizon.ts`: the index begins one horizon before the cursor; without it, at the cursor. */
  readonly indexFromHorizon: boolean;
  /** `worker.ts` needsIndex: a judge that knows what retention took before a rebuild is not asked about it. */
  readonly judgeOfOwnLog: boolean;
  /** `adapters/view-reply.ts` lossEnd: the same where retention took what was not counted yet, and the projection goes on behind it. */
  readonly judgeOfWhatIsLeft: boolean;
  /** `lua/advance.lua`: a window is final when its lateness has passed; without it, when it closes. */
  readonly finalAfterLateness: boolean;
  /** `core/judge.ts`: without it the id alone, or the place in the log, is the identity. */
  readonly identity: 'source and id' | 'id' | 'place';
  /** `lua/clear-dirty.lua`: a mark goes only if its cell still is what was published. */
  readonly conditionalClearing: boolean;
  /** `kernel/update.ts`: without it consumers keep the higher revision. */
  readonly rankByContributions: boolean;
};

export const ALL_GUARDS: Guards = {
  compareAndSet: true,
  allCursors: true,
  equality: true,
  generation: true,
  storedWatermark: true,
  ownPartitionLateness: true,
  indexFromHorizon: true,
  judgeOfOwnLog: true,
  judgeOfWhatIsLeft: true,
  finalAfterLateness: true,
  identity: 'source and id',
  conditionalClearing: true,
  rankByContributions: true,
};
