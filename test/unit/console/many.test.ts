import { describe, expect, it } from 'vitest';
import type { Point, ValuesAnswer } from '../../../services/console/core/answers.ts';
import { METRICS_MAX } from '../../../services/console/core/overview/many.ts';
import type { Parameters } from '../../../services/console/core/values-query.ts';
import { createManyReads } from '../../../services/console/many.ts';
import type { Catalog } from '../../../services/kernel/definitions.ts';
import { err, ok } from '../../../services/kernel/result.ts';

const NOW_MS = Date.parse('2026-11-30T12:00:00Z');
const point = (start: string, state: Point['state'], revision = 0): Point => ({
  start,
  end: start,
  value: '1',
  count: 1,
  state,
  revision,
  completeness: 1,
});

function reads(days: Readonly<Record<string, readonly Point[]>>) {
  const asked: [string, Parameters][] = [];
  const metrics = new Map(
    Object.keys(days).map((id) => [id, { id, grains: id === 'hourly' ? ['hour'] : ['day'] }]),
  ) as unknown as Catalog['metrics'];
  const answer = (id: string, parameters: Parameters) => {
    asked.push([id, parameters]);
    return Promise.resolve(
      id === 'hourly'
        ? err({ code: 'grain_unavailable' as const, detail: 'no days' })
        : ok({ metric: id, series: [{ labels: {}, points: days[id] }] } as unknown as ValuesAnswer),
    );
  };
  const catalog = { metrics } as Catalog;
  return {
    asked,
    many: createManyReads({
      reads: { current: answer, values: answer },
      catalog: () => catalog,
      now: () => NOW_MS,
    }),
  };
}

describe('many metrics at once', () => {
  it('are asked with the same parameters, and one without the window does not spoil the others', async () => {
    const { many, asked } = reads({ b: [], hourly: [], a: [] });
    const answer = await many.current({ window: 'day', compare: 'week' });
    expect(asked).toEqual(
      ['a', 'b', 'hourly'].map((id) => [id, { window: 'day', compare: 'week' }]),
    );
    expect(answer.ok && answer.value.metrics.map(({ metric }) => metric)).toEqual(['a', 'b']);
    expect(answer.ok && answer.value.refused).toEqual([
      { metric: 'hourly', code: 'grain_unavailable', detail: 'no days' },
    ]);
  });

  it('may be named, and must be known', async () => {
    const { many, asked } = reads({ a: [], b: [], c: [] });
    await many.current({ metric: ['c,a', 'a'] });
    expect(asked.map(([id]) => id)).toEqual(['a', 'c']);
    expect(await many.current({ metric: 'a,z' })).toMatchObject({
      ok: false,
      error: { code: 'not_found' },
    });
  });

  it('come page by page', async () => {
    const ids = Array.from({ length: METRICS_MAX + 2 }, (_, i) => `m${String(i).padStart(3, '0')}`);
    const { many, asked } = reads(Object.fromEntries(ids.map((id) => [id, []])));
    const first = await many.current({});
    const cursor = first.ok ? first.value.cursor : undefined;
    expect(cursor).toBe(ids[METRICS_MAX - 1]);
    const second = await many.current({ cursor });
    expect(second.ok && second.value.cursor).toBeUndefined();
    expect(asked.map(([id]) => id)).toEqual(ids);
  });
});

describe('corrections', () => {
  it('are days that changed when they were over, the newest first', async () => {
    const { many, asked } = reads({
      a: [point('2026-11-01T00:00:00Z', 'final', 2), point('2026-11-02T00:00:00Z', 'final')],
      b: [point('2026-11-29T00:00:00Z', 'revised', 1), point('2026-11-30T00:00:00Z', 'open')],
      hourly: [],
    });
    const answer = await many.corrections({ days: '30' });
    expect(asked).toEqual(
      ['a', 'b'].map((id) => [id, { grain: 'day', from: '2026-10-31T12:00:00.000Z' }]),
    );
    expect(
      answer.ok &&
        answer.value.corrections.map(({ metric, start }) => [metric, start.slice(0, 10)]),
    ).toEqual([
      ['b', '2026-11-29'],
      ['a', '2026-11-01'],
    ]);
    expect(answer).toMatchObject({ value: { isCut: false } });
  });

  it.each([[{ days: '0' }], [{ days: '401' }], [{ days: 'x' }], [{ weeks: '1' }]])(
    'are not asked for by %j',
    async (parameters) => {
      const { many } = reads({});
      expect(await many.corrections(parameters as Parameters)).toMatchObject({
        ok: false,
        error: { code: 'invalid_parameter' },
      });
    },
  );
});
