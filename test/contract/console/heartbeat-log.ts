import { describe, expect, test } from 'vitest';
import type { HeartbeatLog } from '../../../services/console/ports.ts';

export type HeartbeatBench = {
  readonly topic: string;
  readonly of: HeartbeatLog;
  /** As an ingest instance writes it. @returns the instance's name */
  readonly beat: (partition: number, oldestAcceptedMs: number) => Promise<string>;
  /** A second passes. */
  readonly pass: () => void;
};

/** The contract of HeartbeatLog: run on the memory and on the Kafka adapter. */
export function heartbeatLogContract(name: string, open: () => Promise<HeartbeatBench>): void {
  describe(`${name} as a log of heartbeats`, () => {
    test('tells the last of an instance in each partition, and of a topic without any nothing', async () => {
      const { topic, of, beat, pass } = await open();
      expect(await of(topic)).toEqual([]);
      const now = Date.now();
      await beat(0, now - 50);
      const instance = await beat(0, now - 20);
      await beat(2, now - 10);
      pass();
      const seen = await of(topic);
      expect(seen.map(({ partition, oldestAcceptedMs }) => [partition, oldestAcceptedMs])).toEqual([
        [0, now - 20],
        [2, now - 10],
      ]);
      expect(new Set(seen.map((one) => one.instance))).toEqual(new Set([instance]));
      expect(seen.every(({ appendMs }) => Math.abs(appendMs - now) < 60_000)).toBe(true);
    });
  });
}
