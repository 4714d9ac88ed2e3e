import { describe, expect, test } from 'vitest';
import { parseCurrentQuery } from '../../../../services/console/core/current-query.ts';
import {
  encodeCursor,
  LIMIT_DEFAULT,
  parseValuesQuery,
} from '../../../../services/console/core/values-query.ts';
import type { Parameters } from '../../../../services/console/core/values-query.ts';
import { DAY_MS, HOUR_MS } from '../../../../services/kernel/time.ts';
import { aMetric } from '../../../support/metrics.ts';

const NOW = Date.parse('2026-11-25T10:20:30Z');
const metric = aMetric({
  timezone: 'Asia/Shanghai',
  breakdowns: [[], ['store'], ['store', 'channel']],
});
const parse = (parameters: Parameters) => parseValuesQuery(metric, parameters, NOW);
const valid = (parameters: Parameters) => {
  const query = parse(parameters);
  if (!query.ok) throw new Error(query.error.detail);
  return query.value;
};

describe('a question for values', () => {
  test('has defaults: the finest grain, up to now, an hour back', () => {
    expect(valid({})).toMatchObject({
      grain: 'minute',
      fromMs: NOW - HOUR_MS,
      toMs: NOW,
      limit: LIMIT_DEFAULT,
      choice: { dimensions: [] },
    });
    expect(valid({ grain: 'day' }).fromMs).toBe(NOW - 30 * DAY_MS);
  });

  test("reads a date as midnight in the metric's zone, a time as it is", () => {
    const { fromMs, toMs } = valid({ from: '2026-01-31', to: '2026-02-01T00:00:00+08:00' });
    expect([fromMs, toMs]).toEqual([
      Date.parse('2026-01-30T16:00:00Z'),
      Date.parse('2026-01-31T16:00:00Z'),
    ]);
  });

  test('knows an instant, a date of the zone or positions as of which values were known', () => {
    expect(valid({ asOf: '2026-11-25' }).asOf).toEqual({ asOf: '2026-11-24T16:00:00.000Z' });
    expect(valid({ asOf: 'a.events/0/12,b/1/0' }).asOf).toEqual({
      cursors: [
        { topic: 'a.events', partition: 0, offset: 12 },
        { topic: 'b', partition: 1, offset: 0 },
      ],
    });
  });

  test('finds a breakdown whatever the order of its dimensions', () => {
    expect(valid({ by: 'channel,store' }).choice.dimensions).toEqual(['channel', 'store']);
  });

  test('splits where at its first colon, and takes several members of one dimension', () => {
    const { choice } = valid({ where: ['store:a:b', 'store:c', 'channel:'] });
    expect([...choice.where].map(([name, members]) => [name, [...members]])).toEqual([
      ['store', ['a:b', 'c']],
      ['channel', ['']],
    ]);
  });

  test('a cursor brings back its range, also with other letters in the series', () => {
    const after = { series: '["store","店 ≥ é"]', endMs: 5 };
    const cursor = encodeCursor({ fromMs: 1, toMs: 9, after });
    expect(cursor).toMatch(/^[\w-]+$/);
    expect(valid({ cursor })).toMatchObject({ fromMs: 1, toMs: 9, after });
  });

  test.each<[Parameters, string]>([
    [{ grain: 'fortnight' }, 'fortnight'],
    [{ grain: 'PT7M' }, 'PT7M'],
    [{ from: '2026-02-30' }, 'from'],
    [{ to: 'tomorrow' }, 'to'],
    [{ from: '2026-02-02', to: '2026-02-01' }, 'after'],
    [{ limit: '10001' }, '10000'],
    [{ limit: '1e3' }, 'limit'],
    [{ limit: '-1' }, 'limit'],
    [{ cursor: 'WzFd' }, 'cursor'],
    [{ where: 'store' }, 'where'],
    [{ asof: '2026-01-01' }, 'asof'],
    [{ asOf: 'T/0' }, 'asOf'],
    [{ asOf: '2026-11-26' }, 'future'],
    [{ compare: 'fortnight' }, 'fortnight'],
    [{ grain: ['day', 'hour'] }, 'more than once'],
  ])('%j is refused, naming %s', (parameters, named) => {
    const query = parse(parameters);
    expect(query).toMatchObject({ ok: false, error: { code: 'invalid_parameter' } });
    expect(query.ok ? '' : query.error.detail).toContain(named);
  });

  test('a breakdown that is not kept is refused, naming those that are', () => {
    expect(parse({ by: 'channel' })).toMatchObject({
      ok: false,
      error: {
        code: 'breakdown_unavailable',
        detail: expect.stringContaining('[] [store] [store, channel]'),
      },
    });
  });
});

describe('a question for the current window', () => {
  const current = (parameters: Parameters) => parseCurrentQuery(metric, parameters, NOW);

  test('is the local day that holds now', () => {
    expect(current({})).toMatchObject({
      value: { grain: 'day', fromMs: Date.parse('2026-11-24T16:00:00Z') },
    });
  });
  test('is any window that is asked for', () => {
    expect(current({ window: 'PT15M', by: 'store' })).toMatchObject({
      value: { grain: 'PT15M', fromMs: Date.parse('2026-11-25T10:15:00Z') },
    });
  });
  test('has no range', () => {
    expect(current({ from: '2026-01-01' })).toMatchObject({ error: { code: 'invalid_parameter' } });
  });
});
