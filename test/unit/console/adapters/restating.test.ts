import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { restating } from '../../../../services/console/adapters/notes/restating.ts';
import { HOUR_MS } from '../../../../services/kernel/time.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

test('notes are written again after the start and every hour, also after it failed', async () => {
  const errors: unknown[] = [];
  const restate = vi.fn(() => Promise.reject(new Error('rebuilding')));
  const rounds = restating({ restate }, (error) => errors.push(error));
  expect(restate).toHaveBeenCalledTimes(1);
  await vi.advanceTimersByTimeAsync(2 * HOUR_MS);
  expect(restate).toHaveBeenCalledTimes(3);
  expect(errors).toHaveLength(3);
  await rounds.stop();
  await vi.advanceTimersByTimeAsync(HOUR_MS);
  expect(restate).toHaveBeenCalledTimes(3);
});

test('who stops it waits for what is under way', async () => {
  const writing = Promise.withResolvers<void>();
  const rounds = restating({ restate: () => writing.promise }, () => undefined);
  const stopped = vi.fn();
  const stopping = rounds.stop().then(stopped);
  await vi.advanceTimersByTimeAsync(0);
  expect(stopped).not.toHaveBeenCalled();
  writing.resolve();
  await stopping;
});
