import { expect, test } from 'vitest';
import { askedTogether } from '../../../services/console/asked-together.ts';

/** A question whose answers come when the test says so; they count themselves. */
function world() {
  const ask = askedTogether<number>();
  const begun: { resolve: (answer: number) => void; reject: (error: Error) => void }[] = [];
  const answer = (): Promise<number> => {
    const { promise, resolve, reject } = Promise.withResolvers<number>();
    begun.push({ resolve, reject });
    return promise;
  };
  return { ask: (question = 'q') => ask(question, answer), begun };
}
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('whoever asks alone is answered at once, each time anew', async () => {
  const { ask, begun } = world();
  for (const nth of [1, 2, 3]) {
    const asked = ask();
    expect(begun).toHaveLength(nth);
    begun.at(-1)?.resolve(nth);
    expect(await asked).toBe(nth);
  }
});

test('those who ask meanwhile get one answer, which is begun after all of them asked', async () => {
  const { ask, begun } = world();
  const first = ask();
  const others = [ask(), ask(), ask()];
  expect(begun).toHaveLength(1);
  begun[0]?.resolve(1);
  expect(await first).toBe(1);
  await settled();
  expect(begun).toHaveLength(2);
  const late = ask();
  begun[1]?.resolve(2);
  expect(await Promise.all(others)).toEqual([2, 2, 2]);
  await settled();
  begun[2]?.resolve(3);
  expect(await late).toBe(3);
  expect(begun).toHaveLength(3);
});

test('another question does not wait', () => {
  const { ask, begun } = world();
  void ask('a');
  void ask('b');
  expect(begun).toHaveLength(2);
});

test('a failure is that of those who shared it alone', async () => {
  const { ask, begun } = world();
  const first = ask();
  const next = ask();
  begun[0]?.reject(new Error('away'));
  await expect(first).rejects.toThrow('away');
  await settled();
  begun[1]?.reject(new Error('still away'));
  await expect(next).rejects.toThrow('still away');
  const after = ask();
  await settled();
  begun[2]?.resolve(3);
  expect(await after).toBe(3);
});
