import { expect, test } from 'vitest';
import { readAhead } from '../../../../services/console/adapters/read-ahead.ts';

test('results come in order, with two more asked for while one is taken in', async () => {
  const asked: number[] = [];
  const read = async (index: number): Promise<number> => {
    asked.push(index);
    return index * 10;
  };
  const askedByThen: number[] = [];
  const taken: number[] = [];
  for await (const one of readAhead({ count: 5, ahead: 2 }, read)) {
    taken.push(one);
    askedByThen.push(asked.length);
  }
  expect(taken).toEqual([0, 10, 20, 30, 40]);
  expect(asked).toEqual([0, 1, 2, 3, 4]);
  expect(askedByThen).toEqual([3, 4, 5, 5, 5]);
});

test('what is under way when one fails, or when the taker has enough, is left to itself', async () => {
  const unhandled: unknown[] = [];
  const note = (reason: unknown): void => void unhandled.push(reason);
  process.on('unhandledRejection', note);
  const asked: number[] = [];
  const read = async (index: number): Promise<number> => {
    asked.push(index);
    if (index > 0) throw new Error(`fault ${index}`);
    return index;
  };
  const takeAll = async (): Promise<void> => {
    for await (const _ of readAhead({ count: 9, ahead: 3 }, read));
  };
  await expect(takeAll()).rejects.toThrow('fault 1');
  expect(asked).toEqual([0, 1, 2, 3]);
  for await (const _ of readAhead({ count: 9, ahead: 3 }, read)) break;
  // Node tells of rejections that nobody took after all that is due at once.
  await new Promise((resolve) => setImmediate(resolve));
  process.off('unhandledRejection', note);
  expect(unhandled).toEqual([]);
});
