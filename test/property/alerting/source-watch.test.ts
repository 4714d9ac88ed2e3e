import fc from 'fast-check';
import { expect, test } from 'vitest';
import { SourceWatch } from '../../../services/alerting/core/partition/source-watch.ts';

const IDLE_MS = 60_000;
const SECOND_MS = 1_000;

/** What happens between two ticks of one metric: how long it takes, how many events come, whether the watermark moves. */
const step = fc.record({
  seconds: fc.integer({ min: 1, max: 25 }),
  events: fc.constantFrom(0, 0, 0, 1, 5),
  moves: fc.boolean(),
  isKept: fc.boolean(),
});

test('a source is silent exactly when over its idle time-out no event came, or its watermark stood still', () => {
  fc.assert(
    fc.property(fc.array(step, { minLength: 1, maxLength: 80 }), (steps) => {
      const changed = new Set<string>();
      let watch = new SourceWatch((field) => changed.add(field));
      let [nowMs, events, watermark] = [0, 0, 0];
      let [eventMs, movedMs, completeMs] = [0, 0, 0];
      const see = () =>
        watch.observe(
          { eventType: 'e', events, watermark },
          { metric: 'm@1', appendMs: nowMs, idleMs: IDLE_MS },
        );
      see();
      for (const one of steps) {
        nowMs += one.seconds * SECOND_MS;
        events += one.events;
        if (one.moves) [watermark, movedMs] = [nowMs, nowMs];
        if (one.events > 0) [eventMs, completeMs] = [nowMs, watermark];
        see();
        // A process that was killed reads back what was stored, and goes on.
        if (one.isKept) {
          const stored = watch.encode('u|e');
          watch = new SourceWatch(() => undefined);
          if (stored !== null) watch.restore('u|e', stored);
        }
        const isSilent = nowMs - eventMs >= IDLE_MS || nowMs - movedMs >= IDLE_MS;
        const silence = watch.silence('e');
        expect(silence !== undefined).toBe(isSilent);
        expect([...watch.silent()]).toEqual(isSilent ? ['e'] : []);
        if (!silence) continue;
        expect(silence.completeMs).toBe(Math.min(completeMs, watermark));
        expect(silence.sinceMs).toBeLessThanOrEqual(nowMs - IDLE_MS);
      }
      // What is read again from before changes nothing.
      const before = watch.encode('u|e');
      watch.observe(
        { eventType: 'e', events: events + 9, watermark },
        { metric: 'm@1', appendMs: nowMs - 1, idleMs: IDLE_MS },
      );
      expect(watch.encode('u|e')).toBe(before);
    }),
    { numRuns: 500 },
  );
});
