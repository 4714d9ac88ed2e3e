import { describe, expect, test } from 'vitest';
import type { LogReader, StretchReader } from '../../services/aggregator/ports.ts';

export type LogWorld = {
  readonly log: LogReader;
  readonly stretches: StretchReader;
  /** One partition whose records at offsets 0 to 9 hold these values. */
  readonly topic: string;
  readonly values: readonly string[];
};

/** Stretches of a log, whoever reads them. */
export function logReaderContract(name: string, open: () => Promise<LogWorld>): void {
  describe(`a stretch of a log, ${name}`, () => {
    const read = async ({ log, topic }: LogWorld, from: number, to: number): Promise<string[]> => {
      const found: string[] = [];
      await log.read({ topic, partition: 0, from, to }, (records) => {
        found.push(...records.map(({ offset, value }) => `${offset}${String(value)}`));
        return true;
      });
      return found;
    };

    test('is read in order, from its first offset up to and without its last', async () => {
      const world = await open();
      const all = world.values.map((value, offset) => `${offset}${value}`);
      expect(await read(world, 0, 10)).toEqual(all);
      expect(await read(world, 3, 6)).toEqual(all.slice(3, 6));
      expect(await read(world, 4, 4)).toEqual([]);
    });

    test('ends where its reader has enough', async () => {
      const { log, topic } = await open();
      let runs = 0;
      await log.read({ topic, partition: 0, from: 0, to: 10 }, () => ++runs < 1);
      expect(runs).toBe(1);
    });

    test('what its reader throws passes through', async () => {
      const { log, topic } = await open();
      const reading = log.read({ topic, partition: 0, from: 0, to: 10 }, () => {
        throw new Error('mine');
      });
      await expect(reading).rejects.toThrow('mine');
    });

    /** Values of the offsets that were asked for; the last fetch may hold more. */
    const readInPlace = async (
      { stretches, topic }: LogWorld,
      from: number,
      to: number,
    ): Promise<string[]> => {
      const found: string[] = [];
      await stretches.readInPlace({ topic, partition: 0, from, to }, async (fetched) => {
        for (const record = fetched.open(); record.next();) {
          expect(record.offset).toBeGreaterThanOrEqual(from);
          expect(record.offset).toBeLessThan(fetched.nextOffset);
          const value = record.bytes.toString('utf8', record.valueFrom, record.valueTo);
          if (record.offset < to) found.push(`${record.offset}${value}`);
        }
        return true;
      });
      return found;
    };

    test('is read in place, in the same order', async () => {
      const world = await open();
      const all = world.values.map((value, offset) => `${offset}${value}`);
      expect(await readInPlace(world, 0, 10)).toEqual(all);
      expect(await readInPlace(world, 3, 6)).toEqual(all.slice(3, 6));
      expect(await readInPlace(world, 4, 4)).toEqual([]);
    });

    test('read in place, ends where its reader has enough, and passes on what it throws', async () => {
      const { stretches, topic } = await open();
      const range = { topic, partition: 0, from: 0, to: 10 };
      let fetches = 0;
      await stretches.readInPlace(range, async () => ++fetches < 1);
      expect(fetches).toBe(1);
      const reading = stretches.readInPlace(range, async () => {
        throw new Error('mine');
      });
      await expect(reading).rejects.toThrow('mine');
    });
  });
}
