import { describe, expect, it } from 'vitest';
import { bars, betterPeers, heldBars, isMet } from '../../../bench/bars.ts';
import type { Bar } from '../../../bench/bars.ts';
import type { CatchUpRun } from '../../../bench/support/catch-up-figures.ts';
import { benchmarksPage } from '../../../bench/report.ts';
import { betterInSameRun } from '../../../bench/report/catch-up.ts';
import { NOTHING } from '../../../bench/results.ts';
import type { BenchResults, Measured } from '../../../bench/results.ts';
import { distribution, median, percentile } from '../../../bench/support/statistics.ts';

const results = (measured: Partial<Measured>): BenchResults => ({
  at: '2026-01-31',
  commit: 'abc1234',
  runs: { 'catch-up': 3, live: 1, kill: 1 },
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
  ...NOTHING,
  ...measured,
});

const caughtUp = (over: Partial<CatchUpRun>): CatchUpRun => ({
  program: 'tidemark',
  metrics: 2,
  repeats: 'once',
  events: 5_000_000,
  eventsPerSecond: 400_000,
  nodeMicros: 1.5,
  redisMicros: 0.5,
  kafkaMicros: 0.4,
  memoryMebibytes: 400,
  cells: 100,
  wrongCells: 0,
  example: undefined,
  ...over,
});
const A = caughtUp({});
const B = caughtUp({ metrics: 10, nodeMicros: 3, redisMicros: 0.6 });
const STREAMS = caughtUp({
  program: 'kafka-streams',
  nodeMicros: 8,
  redisMicros: 0,
  kafkaMicros: 2,
  eventsPerSecond: 90_000,
  memoryMebibytes: 2_000,
});

const bar = (all: readonly Bar[], what: string): Bar => {
  const found = all.find((one) => one.what.startsWith(what));
  if (!found) throw new Error(`no bar ${what}`);
  return found;
};

it('the median is the middle one, a percentile the nearest rank', () => {
  expect(median([3, 1, 2])).toBe(2);
  expect(median([4, 1])).toBe(1);
  const hundred = Array.from({ length: 100 }, (_, i) => i + 1);
  expect(percentile(hundred, 0.5)).toBe(50);
  expect(percentile(hundred, 0.99)).toBe(99);
  expect(percentile([7], 0.99)).toBe(7);
  expect(distribution([1.4, 9.6])).toEqual({ samples: 2, p50: 1, p99: 10, max: 10 });
});

describe('the page', () => {
  it('names machine, versions, date and commit, and what could not be measured', () => {
    const page = benchmarksPage(
      results({
        ingest: [10, 30, 20].map((eventsPerSecond) => ({
          batch: 1,
          connections: 32,
          events: 100,
          eventsPerSecond,
          nodeMicros: undefined,
          kafkaMicros: 5,
          memoryMebibytes: 100,
        })),
      }),
    );
    for (const text of ['A processor', 'Node 26.1.0', 'Kafka 4.4.0', '2026-01-31', 'abc1234'])
      expect(page).toContain(text);
    expect(page).toContain('| 1 | 32 | 20 | – | 5.00 | 100 |');
    expect(page).not.toContain('## Live');
    expect(page).toContain('not measured');
  });

  it('holds the slower page of the console, cold, to a second', () => {
    const paint = (page: string, cache: 'cold' | 'warm', median: number) =>
      ({ page, cache, samples: 15, median, max: 2 * median }) as const;
    const runs = [paint('home', 'cold', 568), paint('a metric', 'cold', 573)];
    const all = results({ paint: [...runs, paint('home', 'warm', 2_000)] });
    expect(bars(all).find(({ what }) => what.includes('paint'))).toMatchObject({
      measured: 0.573,
      unit: 's',
      limit: 1,
    });
    expect(benchmarksPage(all)).toContain('| a metric | cold | 15 | 573 | 1,146 |');
    expect(benchmarksPage(results({}))).not.toContain('in a browser');
  });

  it('shows the wrong cells of the worst run', () => {
    const page = benchmarksPage(results({ catchUp: [A, caughtUp({ wrongCells: 3 }), A] }));
    expect(page).toContain('| 97 of 100 |');
  });

  it('says how often each part was run', () => {
    const page = benchmarksPage(results({ catchUp: [A] }));
    expect(page).toContain('| runs | 3 of catch-up; 1 of live, kill |');
  });
});

describe('the bars', () => {
  it('count worker and Redis together, and one more metric as an eighth of eight more', () => {
    const all = bars(results({ catchUp: [A, B] }));
    expect(bar(all, 'catching up with 2 metrics').measured).toBe(2);
    expect(bar(all, 'one more metric').measured).toBeCloseTo(0.2);
    expect(isMet(bar(all, 'one more metric'))).toBe(true);
    expect(isMet(bar(all, 'live at'))).toBeUndefined();
  });

  it('compare with a peer that removes repeats too', () => {
    const eachTime = { ...STREAMS, repeats: 'each time', nodeMicros: 4 } as const;
    const ratio = bar(bars(results({ catchUp: [A, eachTime, STREAMS] })), 'times less than Kafka');
    expect(ratio.measured).toBe(4);
    expect(isMet(ratio)).toBe(true);
    expect(isMet({ ...ratio, measured: 1.9 })).toBe(false);
  });

  it('take the worse of two and four workers', () => {
    const run = (workers: number, nodeMicros: number): Measured['workers'][number] => ({
      workers,
      events: 1,
      eventsPerSecond: 1,
      nodeMicros,
      redisMicros: 1,
      cells: 1,
      wrongCells: 0,
    });
    const all = bars(results({ workers: [run(1, 1), run(2, 1.1), run(4, 1.4)] }));
    expect(bar(all, 'most that').measured).toBeCloseTo(20);
  });
});

describe('what holds a bar', () => {
  it('is said of those that are missed, of no other', () => {
    const held = heldBars(
      bars(results({ catchUp: [A, caughtUp({ metrics: 10, nodeMicros: 40 })] })),
    );
    expect(held.some((sentence) => sentence.startsWith('**catching up with 10 metrics'))).toBe(
      true,
    );
    expect(held.some((sentence) => sentence.startsWith('**idle'))).toBe(false);
  });
});

describe('where a peer is better', () => {
  it('is said of known figures', () => {
    const slow = results({ catchUp: [caughtUp({ nodeMicros: 14.7 })] });
    const said = betterPeers(bars(slow)).join('\n');
    expect(said).toContain('Flink 14.9 µs per event');
    expect(said).not.toContain('Kafka Streams 16');
  });

  it('is said of the same run, and only of what is better', () => {
    const lean = { ...STREAMS, program: 'kafkajs', memoryMebibytes: 300 } as const;
    expect(betterInSameRun(results({ catchUp: [A, STREAMS] }))).toEqual([]);
    expect(betterInSameRun(results({ catchUp: [A, lean] }))).toEqual([
      'Catching up, naive kafkajs where repeats count once, after 5,000,000 events: less memory, 300 against 400 MiB.',
    ]);
  });
});
