import { expect, test } from 'vitest';
import { instanceHeartbeats } from '../../../../services/console/core/pipeline-heartbeats.ts';

test('an instance is as old as its last heartbeat in any partition', () => {
  const seen = [
    { instance: 'b', partition: 0, appendMs: 4_000, oldestAcceptedMs: 4_000 },
    { instance: 'a', partition: 0, appendMs: 9_000, oldestAcceptedMs: 7_500 },
    { instance: 'a', partition: 1, appendMs: 3_000, oldestAcceptedMs: 3_000 },
  ];
  expect(instanceHeartbeats(seen, 10_000)).toEqual([
    {
      instance: 'a',
      lastHeartbeat: '1970-01-01T00:00:09.000Z',
      ageSeconds: 1,
      partitions: 2,
      waitingSeconds: 1.5,
    },
    {
      instance: 'b',
      lastHeartbeat: '1970-01-01T00:00:04.000Z',
      ageSeconds: 6,
      partitions: 1,
      waitingSeconds: 0,
    },
  ]);
  expect(instanceHeartbeats([], 10_000)).toEqual([]);
});
