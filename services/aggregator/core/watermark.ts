import type { DurationMs, EpochMs } from '../../kernel/time.ts';
import { SECOND_MS } from '../../kernel/time.ts';

/** An instance that has not been heard of for this long, by append time, holds the watermark no more. */
export const INSTANCE_TTL_MS: DurationMs = 10 * SECOND_MS;
/** No watermark yet: nothing is late before the first heartbeat or event. */
export const NO_WATERMARK: EpochMs = 0;

/**
 * Watermark of one partition, a function of the log alone. Monotone. An event moves it to
 * `min(event time, append time) − bound`; a heartbeat to `min over live instances of oldestAccepted − bound`.
 * Historical events move nothing.
 * @see Akidau et al., The Dataflow Model, VLDB 2015; design section 5
 */
export type PartitionWatermark = {
  readonly current: () => EpochMs;
  readonly onEvent: (eventMs: EpochMs, appendMs: EpochMs) => void;
  readonly onHeartbeat: (
    heartbeat: { instance: string; oldestAcceptedMs: EpochMs },
    appendMs: EpochMs,
  ) => void;
  /** What moved it counts no more; who was heard of stays known. */
  readonly fall: () => void;
};

export function partitionWatermark(outOfOrdernessMs: DurationMs): PartitionWatermark {
  let watermark = NO_WATERMARK;
  const instances = new Map<string, { heardMs: EpochMs; oldestMs: EpochMs }>();

  return {
    current: () => watermark,
    fall() {
      watermark = NO_WATERMARK;
    },
    onEvent(eventMs, appendMs) {
      const candidate = Math.min(eventMs, appendMs) - outOfOrdernessMs;
      if (candidate > watermark) watermark = candidate;
    },
    onHeartbeat({ instance, oldestAcceptedMs }, appendMs) {
      instances.set(instance, {
        heardMs: appendMs,
        oldestMs: Math.min(oldestAcceptedMs, appendMs),
      });
      let oldest = appendMs;
      for (const [name, { heardMs, oldestMs }] of instances) {
        if (heardMs < appendMs - INSTANCE_TTL_MS) instances.delete(name);
        else if (oldestMs < oldest) oldest = oldestMs;
      }
      const candidate = oldest - outOfOrdernessMs;
      if (candidate > watermark) watermark = candidate;
    },
  };
}
