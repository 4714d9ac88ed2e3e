import { TidemarkError } from '../../services/kernel/errors.ts';
import { err, ok } from '../../services/kernel/result.ts';
import type { EventRecord, EventSink } from '../../services/ingest/ports.ts';

/** A sink that keeps its log in memory, and whose partitions and broker a test can stop. */
export type MemoryEventSink = EventSink & {
  readonly log: (topic: string, partition: number) => readonly EventRecord[];
  /** Records of this partition stay unacknowledged until `release`. */
  readonly hold: (topic: string, partition: number) => void;
  readonly release: (topic: string, partition: number) => void;
  /** Every record that is handed over from now on is given up; undefined: the broker is back. */
  readonly fail: (reason: string | undefined) => void;
};

export function memoryEventSink({
  bytesMax = 1 << 20,
}: { bytesMax?: number } = {}): MemoryEventSink {
  const logs = new Map<string, EventRecord[]>();
  const held = new Map<string, PromiseWithResolvers<void>>();
  const lanes = new Map<string, Promise<unknown>>();
  let waitingBytes = 0;
  let fault: string | undefined;
  let isClosed = false;
  const keyOf = (topic: string, partition: number): string => `${topic}/${partition}`;
  const sizeOf = ({ key, value }: EventRecord): number => (key?.length ?? 0) + value.length;

  const append = async (record: EventRecord, before: Promise<unknown>) => {
    const key = keyOf(record.topic, record.partition);
    const reason = fault;
    await before;
    await held.get(key)?.promise;
    waitingBytes -= sizeOf(record);
    if (reason !== undefined) return err(new TidemarkError('broker_unavailable', reason));
    const log = logs.get(key) ?? [];
    logs.set(key, log);
    return ok({ offset: log.push(record) - 1 });
  };

  const write: EventSink['write'] = async (records) => {
    const bytes = records.reduce((sum, record) => sum + sizeOf(record), 0);
    if (waitingBytes + bytes > bytesMax)
      throw new TidemarkError('overloaded', `${bytesMax} bytes wait`);
    if (isClosed)
      return records.map(() => err(new TidemarkError('broker_unavailable', 'the sink is closed')));
    waitingBytes += bytes;
    return Promise.all(
      records.map((record) => {
        const key = keyOf(record.topic, record.partition);
        const written = append(record, lanes.get(key) ?? Promise.resolve());
        lanes.set(key, written);
        return written;
      }),
    );
  };

  return {
    write,
    writeTogether: (records) =>
      records.map(
        async (record) =>
          (await write([record]))[0] ?? err(new TidemarkError('broker_unavailable', 'no fate')),
      ),
    fault: () => fault,
    async close() {
      isClosed = true;
      await Promise.all(lanes.values());
    },
    log: (topic, partition) => logs.get(keyOf(topic, partition)) ?? [],
    hold: (topic, partition) => held.set(keyOf(topic, partition), Promise.withResolvers()),
    release(topic, partition) {
      held.get(keyOf(topic, partition))?.resolve();
      held.delete(keyOf(topic, partition));
    },
    fail: (reason) => {
      fault = reason;
    },
  };
}
