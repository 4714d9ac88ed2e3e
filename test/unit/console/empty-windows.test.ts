import { describe, expect, test } from 'vitest';
import { createExports } from '../../../services/console/export.ts';
import { createKpi } from '../../../services/console/kpi.ts';
import { createPrometheusReads } from '../../../services/console/prometheus.ts';
import { createConsoleReads } from '../../../services/console/service.ts';
import { AGGREGATIONS } from '../../../services/kernel/accumulator.ts';
import type { Aggregation } from '../../../services/kernel/accumulator.ts';
import type { SimpleMetric } from '../../../services/kernel/definitions.ts';
import { ok } from '../../../services/kernel/result.ts';
import { DAY_MS, formatRfc3339, HOUR_MS } from '../../../services/kernel/time.ts';
import { compileWholeMatch } from '../../../services/platform/regex.ts';
import { memoryProjectionReader } from '../../support/memory-projection-reader.ts';
import { memoryProjectionStore } from '../../support/memory-projection-store.ts';
import { aMetric } from '../../support/metrics.ts';
import { catalogOf } from '../../support/platform.ts';
import { projectionFiller } from '../../support/projection-filler.ts';

/**
 * Contract section 5: "Empty windows that the watermark has passed: 0 for sum, count, distinct, null otherwise; before
 * `eventsFrom`: null." Here the first hour has an event of store A, the second is empty and passed, the third is empty
 * and still open.
 */
const EMPTY_VALUE: Readonly<Record<Aggregation, string | null>> = {
  sum: '0',
  count: '0',
  distinct: '0',
  min: null,
  max: null,
  avg: null,
  last: null,
  percentile: null,
  latest: null,
};
const RANGE = { grain: 'hour', from: formatRfc3339(0), to: formatRfc3339(3 * HOUR_MS) };
const NOW_MS = 2 * HOUR_MS + HOUR_MS / 2;

const metricOf = (aggregation: Aggregation, over: Partial<SimpleMetric> = {}): SimpleMetric =>
  aMetric({
    id: 'rare',
    aggregation,
    timezone: 'UTC',
    valueScale: 0,
    unit: { code: '1', scale: 0 },
    ...(aggregation === 'percentile' ? { percentile: 50 } : {}),
    retentionMs: { minute: 900 * DAY_MS, hour: 900 * DAY_MS, day: 900 * DAY_MS },
    dimensions: { store: 'data.store' },
    breakdowns: [[], ['store']],
    ...over,
  });

/** @param eventAtMs when the only event was; null: there is none */
async function aConsole(metric: SimpleMetric, eventAtMs: number | null = 0) {
  const store = memoryProjectionStore();
  const reader = memoryProjectionReader(store);
  const catalog = () => catalogOf({ metrics: [metric] });
  const now = () => NOW_MS;
  const reads = createConsoleReads({
    reader,
    logBounds: () => Promise.resolve([]),
    catalog,
    now,
    prefix: '',
    // As the aggregator counts again: nothing in any window, the watermark where it stands.
    past: async (id) =>
      ok({
        metric: id,
        version: metric.version,
        records: 0,
        partitions: [
          {
            topic: `events.${metric.event}`,
            partition: 0,
            next: 1,
            watermark: formatRfc3339(2 * HOUR_MS),
          },
        ],
        cells: [],
      }),
  });
  const filler = await projectionFiller(store, metric);
  if (eventAtMs !== null)
    await filler.count([{ timeMs: eventAtMs, labels: { store: 'A' }, value: 5, member: 'm' }]);
  await filler.passTo(2 * HOUR_MS);
  const valuesOf = async (query: Record<string, string>): Promise<(string | null)[]> => {
    const answer = await reads.values('rare', { ...RANGE, ...query }, undefined);
    if (!answer.ok) throw new Error(answer.error.detail);
    return (answer.value.series[0]?.points ?? []).map(({ value }) => value);
  };
  return { reader, catalog, now, reads, valuesOf };
}

describe.each(AGGREGATIONS)('an empty window of %s', (aggregation) => {
  const empty = EMPTY_VALUE[aggregation];
  const metric = metricOf(aggregation);

  test('has that value once the watermark has passed it, and none before', async () => {
    const { valuesOf } = await aConsole(metric);
    for (const query of [{}, { by: 'store' }, { where: 'store:A' }])
      expect((await valuesOf(query)).slice(1), JSON.stringify(query)).toEqual([empty, null]);
  });

  test('has it where nothing was ever counted', async () => {
    const { valuesOf } = await aConsole(metric, null);
    expect(await valuesOf({})).toEqual([empty, empty, null]);
  });

  test('has none before the time from which events are counted', async () => {
    const { valuesOf } = await aConsole(metricOf(aggregation, { eventsFromMs: HOUR_MS }), null);
    expect(await valuesOf({})).toEqual([null, empty, null]);
  });

  test('has it in windows that are merged from several cells', async () => {
    const { valuesOf } = await aConsole(metric, 2 * HOUR_MS + 1);
    expect(await valuesOf({ grain: 'PT2H', to: formatRfc3339(HOUR_MS) })).toEqual([empty]);
  });

  test('has it in files', async () => {
    const { reads, valuesOf } = await aConsole(metric);
    const files = createExports({
      values: reads.values,
      metric: () => metric,
      targets: () => ({}),
      zip: () => Promise.reject(new Error('no archive is asked for')),
    });
    const query = { format: 'csv', hasAbout: false, hasMark: false } as const;
    const file = await files('rare', { query, question: RANGE, authorization: undefined });
    const lines = file.ok ? file.value.content.toString('utf8').trim().split('\r\n') : [];
    const first = (await valuesOf({}))[0];
    expect(lines.slice(1).map((line) => line.split(',')[2])).toEqual([first, empty ?? '', '']);
  });

  test('is a sample for Prometheus where it has a value, and none where not', async () => {
    const world = await aConsole(metric);
    const prometheus = createPrometheusReads({ ...world, compileRegex: compileWholeMatch });
    const form = new URLSearchParams({
      query: 'rare{grain="hour"}',
      start: '3600',
      end: '10800',
      step: '3600',
    });
    const answer = await prometheus.queryRange(form);
    const { data } = JSON.parse(answer.ok ? answer.value : '{}') as {
      data: { result: { values: [number, string][] }[] };
    };
    // Samples stand at the ends of their windows; the third hour is open, so it has none.
    const samples = data.result[0]?.values.filter(([time]) => time > 3_600);
    expect(samples).toEqual(empty === null ? [] : [[7_200, empty]]);
  });

  test('is a gauge where it has a value, and none where not', async () => {
    const world = await aConsole(metric);
    const text = await createKpi(world)('prometheus');
    const gauge = /^tidemark_metric_value\{metric="rare",window="last-hour"\} (.*)$/m.exec(text);
    expect(gauge?.[1] ?? null).toBe(empty);
    expect(text).not.toMatch(/^tidemark_metric_value\{metric="rare",window="hour"/m);
  });

  test('has it among values as they were known earlier', async () => {
    const { valuesOf } = await aConsole(metric);
    expect(await valuesOf({ asOf: formatRfc3339(NOW_MS) })).toEqual([empty, empty, null]);
  });

  test('has none where it holds now: it may still fill', async () => {
    const { reads } = await aConsole(metric);
    const answer = await reads.current('rare', { window: 'hour' });
    expect(answer).toMatchObject({
      value: { series: [{ points: [{ value: null, state: 'open' }] }] },
    });
  });
});
