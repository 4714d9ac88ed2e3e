import { expect, test } from 'vitest';
import { toldOf } from '../../../bench/alerting/checker.ts';
import type { Received } from '../../../bench/alerting/hook.ts';
import { measureCore } from '../../../bench/alerting/core-run.ts';
import { alertingSection, evaluationSection } from '../../../bench/report/alerting.ts';
import { bars, isMet } from '../../../bench/bars.ts';
import { NOTHING } from '../../../bench/results.ts';

const received = (over: Partial<Received>): Received => ({
  id: 'msg_1',
  type: 'alert.firing',
  rule: 'r',
  episode: 'e1',
  series: 'm S1',
  atMs: 1,
  times: 1,
  ...over,
});
const END = received({ id: 'msg_2', type: 'alert.resolved' });

test('a breach is told by one message, and its end by one more', () => {
  expect(toldOf(['m S1'], [received({}), END], true)).toEqual({
    breaches: 1,
    missed: 0,
    doubled: 0,
    unended: 0,
  });
});

test.each([
  ['nobody was told', [], { missed: 1 }],
  ['told under two ids', [received({}), received({ id: 'msg_3' }), END], { doubled: 1 }],
  ['told of what did not breach', [received({}), received({ series: 'm S2' })], { doubled: 1 }],
  ['no end', [received({})], { unended: 1 }],
  ['two ends', [received({}), END, { ...END, id: 'msg_4' }], { unended: 1 }],
])('the checker sees it: %s', (_, messages, fault) => {
  expect(toldOf(['m S1'], messages, true)).toMatchObject(fault);
});

test('the core fires once for each rule and series that breaches, and else never', () => {
  const run = measureCore({ series: 3, rules: 2, evaluations: 60 });
  expect(run).toMatchObject({ series: 3, rules: 2, wrong: 0 });
  expect(Math.min(run.update, run.close, run.breach, run.second)).toBeGreaterThanOrEqual(0);
});

const spread = { samples: 10, p50: 100, p99: 900, max: 950 };
const steady = { breaches: 10, missed: 0, doubled: 0, unended: 0 };
const RUN = {
  rules: 1_000,
  series: 10_000,
  storesPerMetric: 100,
  eventsPerSecond: 5_000,
  seconds: 20,
  told: spread,
  shown: spread,
  alertingPercent: 40,
  steady,
  storm: {
    ...steady,
    seconds: 9,
    others: { ...spread, p99: 6_000 },
    missedOthers: 0,
    alertingMicros: 900,
    memoryMebibytes: 500,
    endedSeconds: 8,
  },
};
const ABOUT = {
  at: '2026-01-31',
  commit: 'abc1234',
  runs: {},
  isQuick: false,
  machine: {
    cpu: 'A processor',
    cores: 2,
    memoryGibibytes: 24,
    system: 'Linux 6',
    node: '26.1.0',
    kafka: '4.4.0',
    redis: '7.0.15',
    java: '17.0.1',
  },
};
const CORE = { series: 100, rules: 10, update: 2, close: 6, breach: 90, second: 0.01, wrong: 0 };

test('the page tells latencies, storm and the peer of the same run; bars take the dearest look', () => {
  expect(alertingSection([RUN]).join('\n')).toContain('10 on each');
  const prometheus = { version: '2.42', rules: 1_000, series: 10_000, evaluations: 1 };
  const evaluation = [{ core: [CORE], prometheus: { ...prometheus, micros: 3, cpuMicros: 2 } }];
  expect(evaluationSection(evaluation).join('\n')).toContain('| 100 | 2.00 | 6.00 | 90.0 | 0.01 |');
  expect(evaluationSection(evaluation).join('\n')).toContain('3.00 µs per rule and series by');
  const results = { ...ABOUT, ...NOTHING, alerting: [RUN], evaluation };
  const met = new Map(bars(results).map((bar) => [bar.what.split(':')[0], isMet(bar)]));
  expect(met.get('judging a changed value or a closed window, 1 to 10,000 series')).toBe(false);
  expect(met.get('a storm of 10,000 breaches')).toBe(false);
  expect(met.get('breaches lost or told twice, storm included')).toBe(true);
});
