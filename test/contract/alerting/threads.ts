import { describe, expect, test } from 'vitest';
import type { Threads } from '../../../services/alerting/ports.ts';

/** What every Threads does. */
export function threadsContract(name: string, open: () => Threads): void {
  describe(`Threads, ${name}`, () => {
    test('a place is found under its receiver and episode, and nowhere else', async () => {
      const threads = open();
      const place = { channel: 'C1', ts: '1700000001.000100' };
      const thread = { receiver: 'ops', episode: 'e1' };
      expect(await threads.find(thread)).toBeUndefined();
      await threads.keep(thread, place);
      expect(await threads.find(thread)).toEqual(place);
      expect(await threads.find({ ...thread, episode: 'e2' })).toBeUndefined();
      expect(await threads.find({ ...thread, receiver: 'other' })).toBeUndefined();
    });
  });
}
