import { describe, expect, test } from 'vitest';
import { isHeartbeatDue, oldestAccepted } from '../../../../services/ingest/core/heartbeat.ts';

describe('a partition is due', () => {
  test.each([
    ['when it was never written to', undefined, true],
    ['a second after it was written to', 9_000, true],
    ['when the clock was set back by more', 11_000, true],
  ])('%s', (_, lastWrittenMs, due) => expect(isHeartbeatDue(lastWrittenMs, 10_000)).toBe(due));

  test('not before', () => expect(isHeartbeatDue(9_001, 10_000)).toBe(false));
});

test('a heartbeat vouches up to the oldest event on its way, whatever the order', () => {
  expect(oldestAccepted([7_000, 3_000, 9_000], 10_000)).toBe(3_000);
});

test('with nothing on its way it vouches up to now, also when a clock was set back', () => {
  expect(oldestAccepted([], 10_000)).toBe(10_000);
  expect(oldestAccepted([12_000], 10_000)).toBe(10_000);
});
