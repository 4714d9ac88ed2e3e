import { expect, it } from 'vitest';
import { benchmarksPage } from '../../../bench/report.ts';
import type { BenchResults } from '../../../bench/report.ts';
import { median, percentile } from '../../../bench/support/statistics.ts';

it('the median is the middle one, a percentile the nearest rank', () => {
  expect(median([3, 1, 2])).toBe(2);
  expect(median([4, 1])).toBe(1);
  const hundred = Array.from({ length: 100 }, (_, i) => i + 1);
  expect(percentile(hundred, 0.5)).toBe(50);
  expect(percentile(hundred, 0.99)).toBe(99);
  expect(percentile([7], 0.99)).toBe(7);
});

it('the page names machine, versions, date and commit, and what could not be measured', () => {
  const results: BenchResults = {
    at: '2026-01-31',
    commit: 'abc1234',
    runs: 3,
    isQuick: false,
    machine: {
      cpu: 'A processor',
      cores: 2,
      memoryGibibytes: 24,
      system: 'Linux 6',
      node: '26.1.0',
      kafka: '4.4.0',
      redis: '7.0.15',
    },
    ingest: [10, 30, 20].map((eventsPerSecond) => ({
      batch: 1,
      connections: 32,
      events: 100,
      eventsPerSecond,
      nodeMicros: undefined,
      kafkaMicros: 5,
      memoryMebibytes: 100,
    })),
    catchUp: [],
    live: [],
    kill: [],
    backfill: [],
    workers: [],
    idle: [],
    latency: [],
  };
  const page = benchmarksPage(results);
  for (const text of ['A processor', 'Node 26.1.0', 'Kafka 4.4.0', '2026-01-31', 'abc1234'])
    expect(page).toContain(text);
  expect(page).toContain('| 1 | 32 | 20 | – | 5.00 | 100 |');
  expect(page).not.toContain('## Latency');
});
