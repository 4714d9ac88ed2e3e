import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  APPEND_TIME_SLACK_MS,
  IdentityIndex,
} from '../../../../services/aggregator/core/identity-index.ts';
import type { Sighting } from '../../../../services/aggregator/core/identity-index.ts';

const HORIZON = 1_000_000;
type Seen = { readonly id: number; readonly payload: number; readonly appendMs: number };

/** Few identities and payloads, so that copies and conflicts are many; some gaps are longer than the horizon. */
const logs = fc
  .array(
    fc.record({
      id: fc.integer({ min: 0, max: 6 }),
      payload: fc.integer({ min: 0, max: 1 }),
      gap: fc.oneof(fc.nat(333_333), fc.nat(3 * HORIZON)),
    }),
    { maxLength: 60 },
  )
  .map((steps) => {
    let appendMs = 1_000_000_000;
    return steps.map(({ id, payload, gap }): Seen => ({
      id,
      payload,
      appendMs: (appendMs += gap),
    }));
  });

const keyOf = (id: number): Int32Array => Int32Array.of(Math.imul(id, 0x9e3779b1), id, 0, 0);
const verdicts = (log: readonly Seen[]): Sighting[] => {
  const index = new IdentityIndex(1_000_000);
  return log.map(({ id, payload, appendMs }) =>
    index.see({ key: keyOf(id), appendMs, horizonMs: HORIZON, checksum: payload }),
  );
};
/** By the definition alone: some earlier record of the identity within the horizon; its newest payload decides. */
const naive = (log: readonly Seen[]): Sighting[] =>
  log.map(({ id, payload, appendMs }, i) => {
    const before = log.slice(0, i).filter((one) => one.id === id);
    const isSeen = before.some((one) => one.appendMs + HORIZON >= appendMs);
    if (!isSeen) return 'fresh';
    return before.at(-1)?.payload === payload ? 'duplicate' : 'conflict';
  });

test('F-012 F-013 the index of identities decides as the definition does', () => {
  fc.assert(
    fc.property(logs, (log) => {
      expect(verdicts(log)).toEqual(naive(log));
    }),
  );
});

test('a worker that starts anywhere, one horizon earlier, decides as one that read the whole log', () => {
  fc.assert(
    fc.property(logs, fc.nat(60), (log, at) => {
      const cursor = Math.min(at, log.length);
      const applied = log[cursor - 1]?.appendMs ?? 0;
      const from = log.findIndex(({ appendMs }) => appendMs >= applied - HORIZON);
      const start = from < 0 ? cursor : Math.min(from, cursor);
      const restarted = verdicts(log.slice(start)).slice(cursor - start);
      expect(restarted).toEqual(verdicts(log).slice(cursor));
    }),
    { numRuns: 1_000 },
  );
});

test('growing leaves behind only what no record can be a copy of, also where append times step back', () => {
  const index = new IdentityIndex(1_000_000);
  const see = (id: number, appendMs: number) =>
    index.see({ key: keyOf(id), appendMs, horizonMs: HORIZON, checksum: 0 });
  const t = 1_000_000_000;
  see(0, t);
  for (let id = 1; id < 20_000; id++) see(id, t + HORIZON + APPEND_TIME_SLACK_MS - 1);
  expect(see(0, t + HORIZON - 1)).toBe('duplicate');
  for (let id = 20_000; id < 200_000; id++) see(id, t + 3 * HORIZON);
  expect(index.size).toBeLessThan(200_000);
  expect(see(199_999, t + 3 * HORIZON)).toBe('duplicate');
});

test('beyond its bound it stops rather than forget', () => {
  const index = new IdentityIndex(5_000);
  const fill = () => {
    for (let id = 0; id < 100_000; id++)
      index.see({ key: keyOf(id), appendMs: 1_000_000_000, horizonMs: HORIZON, checksum: 0 });
  };
  expect(fill).toThrow('exceeds 5000 identities');
});
