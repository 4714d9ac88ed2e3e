import { formatRfc3339 } from '../../kernel/time.ts';
import type { EpochMs } from '../../kernel/time.ts';

/** The last heartbeat of an ingest instance in one partition. */
export type SeenHeartbeat = {
  readonly instance: string;
  readonly partition: number;
  readonly appendMs: EpochMs;
  /** Accept time of its oldest event that was not acknowledged; else when it wrote the heartbeat. */
  readonly oldestAcceptedMs: EpochMs;
};
export type InstanceHeartbeat = {
  readonly instance: string;
  readonly lastHeartbeat: string;
  readonly ageSeconds: number;
  /** Where it wrote one lately: in partitions that it writes events to it writes none. */
  readonly partitions: number;
  /** How long its oldest event was waiting for Kafka when it wrote the last one. */
  readonly waitingSeconds: number;
};

/** The age of each instance's last heartbeat in any partition, by the instance's name. */
export function instanceHeartbeats(
  seen: readonly SeenHeartbeat[],
  nowMs: EpochMs,
): readonly InstanceHeartbeat[] {
  return [...Map.groupBy(seen, ({ instance }) => instance)]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([instance, own]) => {
      const { appendMs, oldestAcceptedMs } = own.reduce((newest, one) =>
        one.appendMs > newest.appendMs ? one : newest,
      );
      return {
        instance,
        lastHeartbeat: formatRfc3339(appendMs),
        ageSeconds: Math.max(0, nowMs - appendMs) / 1_000,
        partitions: new Set(own.map(({ partition }) => partition)).size,
        waitingSeconds: Math.max(0, appendMs - oldestAcceptedMs) / 1_000,
      };
    });
}
