import { describe, expect, test, vi } from 'vitest';
import type { RateLimit } from '../../../services/alerting/core/sending/pace.ts';
import type { Limiter } from '../../../services/alerting/ports.ts';

/** What every Limiter does. @param open one whose receiver `bot` has these limits, as has `twin` at the same destination */
export function limiterContract(
  name: string,
  open: (limits: readonly RateLimit[]) => Limiter,
): void {
  const takes = async (limiter: Limiter, count: number) => {
    const turns: Awaited<ReturnType<Limiter['take']>>[] = [];
    for (let i = 0; i < count; i++) turns.push(await limiter.take('bot'));
    return turns;
  };

  describe(`Limiter, ${name}`, () => {
    test('turns without a pause but for a fourth, which is kept for digests; then it says how long to wait', async () => {
      const turns = await takes(open([{ count: 8, perMs: 60_000 }]), 7);
      expect(turns.slice(0, 6)).toEqual(
        [5, 4, 3, 2, 1, 0].map((spare) => ({ kind: 'granted', spare })),
      );
      expect(turns[6]).toMatchObject({ kind: 'wait' });
      const { waitMs } = turns[6] as { waitMs: number };
      expect(waitMs).toBeGreaterThan(15_000);
      expect(waitMs).toBeLessThanOrEqual(20_000);
    });

    test('the shortest of several limits holds too', async () => {
      const turns = await takes(
        open([
          { count: 100, perMs: 65_000 },
          { count: 5, perMs: 1_500 },
        ]),
        6,
      );
      expect(turns.filter(({ kind }) => kind === 'granted')).toHaveLength(5);
      expect((turns[5] as { waitMs: number }).waitMs).toBeLessThanOrEqual(1_500);
    });

    test('no stretch of time holds more than the limit, wherever it begins', async () => {
      const perMs = 200;
      const limiter = open([{ count: 5, perMs }]);
      const granted: number[] = [];
      const startMs = performance.now();
      await vi.waitFor(
        async () => {
          const turn = await limiter.take('bot');
          if (turn.kind === 'granted') granted.push(performance.now() - startMs);
          expect(granted.length).toBeGreaterThan(20);
        },
        { timeout: 30_000, interval: 1 },
      );
      for (const [i, at] of granted.entries()) {
        const sixth = granted[i + 5];
        // The limiter counts by its own clock, in whole milliseconds; the answer takes a while.
        if (sixth !== undefined) expect(sixth - at).toBeGreaterThan(perMs - 50);
      }
    });

    test('a destination that asked for silence gets it, and is told again after it', async () => {
      const limiter = open([{ count: 10, perMs: 1_000 }]);
      await limiter.hold('bot', 150);
      expect(await limiter.take('bot')).toMatchObject({ kind: 'wait' });
      await vi.waitFor(
        async () => expect(await limiter.take('bot')).toMatchObject({ kind: 'granted' }),
        {
          timeout: 5_000,
          interval: 10,
        },
      );
    });

    test('without a limit there are turns without end, also after a hold', async () => {
      const limiter = open([]);
      await limiter.hold('bot', 60_000);
      expect(await limiter.take('bot')).toEqual({ kind: 'granted', spare: Infinity });
    });
  });
}
