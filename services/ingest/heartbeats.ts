import type { EpochMs } from '../kernel/time.ts';
import { isHeartbeatDue, oldestAccepted } from './core/heartbeat.ts';
import type { Clock, EventRecord, EventSink, EventTypes, IngestObserver } from './ports.ts';

/** Which events are on their way and when each partition was last written to: what heartbeats are made of. */
export type Activity = {
  /** Called in the same turn as the hand-over. @returns to be called when the fate of all of them is known */
  readonly begin: (
    records: readonly EventRecord[],
    accepted: { readonly acceptedMs: EpochMs; readonly isHistorical: boolean },
  ) => () => void;
  readonly oldestAcceptedMs: (nowMs: EpochMs) => EpochMs;
  readonly lastWrittenMs: (topic: string, partition: number) => EpochMs | undefined;
  readonly wrote: (topic: string, partition: number, atMs: EpochMs) => void;
};

export function createActivity(): Activity {
  const unacknowledged = new Map<object, EpochMs>();
  /** By topic, then by partition. */
  const lastWritten = new Map<string, EpochMs[]>();
  const wrote = (topic: string, partition: number, atMs: EpochMs): void => {
    let partitions = lastWritten.get(topic);
    if (!partitions) lastWritten.set(topic, (partitions = []));
    partitions[partition] = atMs;
  };
  return {
    begin(records, { acceptedMs, isHistorical }) {
      const ticket = {};
      unacknowledged.set(ticket, acceptedMs);
      if (!isHistorical)
        for (const { topic, partition } of records) wrote(topic, partition, acceptedMs);
      return () => unacknowledged.delete(ticket);
    },
    oldestAcceptedMs: (nowMs) => oldestAccepted(unacknowledged.values(), nowMs),
    lastWrittenMs: (topic, partition) => lastWritten.get(topic)?.[partition],
    wrote,
  };
}

export type Heartbeats = {
  /** Writes those that are due, called several times a second. */
  readonly beat: () => void;
  /** Resolves when none is on its way any more. */
  readonly drained: () => Promise<void>;
};

/**
 * Heartbeats of one instance. They go through the sink behind the events of their partition, and one at a time per partition, so
 * that they overtake nothing and never pile up while the broker is away.
 * @param encode the heartbeat record in Confluent framing; undefined until its schema has an id
 */
export function createHeartbeats(
  ports: {
    readonly types: EventTypes;
    readonly sink: EventSink;
    readonly activity: Activity;
    readonly observer: IngestObserver;
    readonly clock: Clock;
  },
  encode: (oldestAcceptedMs: EpochMs) => Buffer | undefined,
): Heartbeats {
  const { types, sink, activity, observer, clock } = ports;
  const underway = new Map<string, Promise<void>>();

  const write = async (record: EventRecord): Promise<void> => {
    try {
      const [written] = await sink.write([record]);
      observer.heartbeat(written?.ok ? 'written' : 'failed');
    } catch {
      observer.heartbeat('failed'); // Overloaded: events go first, and the next round tries again.
    }
  };

  return {
    beat() {
      const nowMs = clock.now();
      for (const { topic, partitions } of types.opened())
        for (let partition = 0; partition < partitions; partition++) {
          const key = `${topic}/${partition}`;
          if (underway.has(key)) continue;
          if (!isHeartbeatDue(activity.lastWrittenMs(topic, partition), nowMs)) continue;
          const value = encode(activity.oldestAcceptedMs(nowMs));
          if (value === undefined) return;
          activity.wrote(topic, partition, nowMs);
          underway.set(
            key,
            write({ topic, partition, key: null, value }).finally(() => underway.delete(key)),
          );
        }
    },
    async drained() {
      await Promise.all(underway.values());
    },
  };
}
