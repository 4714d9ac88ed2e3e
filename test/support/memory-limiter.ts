import { reserveOf, spareTurns } from '../../services/alerting/core/sending/pace.ts';
import type { RateLimit } from '../../services/alerting/core/sending/pace.ts';
import type { Limiter } from '../../services/alerting/ports.ts';

/** Turns in memory, by a clock that the test gives. */
export function memoryLimiter(
  limitsOf: (receiver: string) => readonly RateLimit[],
  now: () => number = Date.now,
): Limiter {
  const turns = new Map<string, number[]>();
  const held = new Map<string, number>();
  return {
    async take(receiver) {
      const limits = limitsOf(receiver);
      const [first] = limits;
      if (!first) return { kind: 'granted', spare: Infinity };
      const heldMs = (held.get(receiver) ?? 0) - now();
      if (heldMs > 0) return { kind: 'wait', waitMs: heldMs };
      const times = turns.get(receiver) ?? [];
      const waits = limits.map(
        ({ count, perMs }) => (times.at(-count) ?? -Infinity) + perMs - now(),
      );
      const used = times.filter((at) => at + first.perMs > now()).length;
      const reserve = reserveOf(first);
      const pause = (times.at(-1) ?? -Infinity) + reserve.pauseMs - now();
      if (used >= first.count - reserve.turns) waits.push(pause);
      const waitMs = Math.max(...waits);
      if (waitMs > 0) return { kind: 'wait', waitMs };
      times.push(now());
      turns.set(receiver, times);
      const within = limits.map(({ perMs }) => times.filter((at) => at + perMs > now()).length);
      return { kind: 'granted', spare: spareTurns(limits, within) };
    },
    async hold(receiver, forMs) {
      if (limitsOf(receiver).length > 0) held.set(receiver, now() + forMs);
    },
  };
}
