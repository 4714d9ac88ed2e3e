import { describe, expect, test } from 'vitest';
import { createExports } from '../../../services/console/export.ts';
import { parseExport } from '../../../services/console/core/export/export-query.ts';
import type { Parameters } from '../../../services/console/core/values-query.ts';
import type { Point, ValuesAnswer } from '../../../services/console/core/answers.ts';
import { err, ok } from '../../../services/kernel/result.ts';
import { zipArchive } from '../../../services/platform/zip-writer.ts';
import { aMetric } from '../../support/metrics.ts';
import { readZip } from '../../support/zip-reader.ts';

const metric = aMetric({
  id: 'net-sales',
  breakdowns: [[], ['store']],
  dimensions: { store: 's' },
});
const point = (i: number): Point => ({
  start: new Date(i * 60_000).toISOString(),
  end: new Date((i + 1) * 60_000).toISOString(),
  value: String(i),
  count: 1,
  state: 'final',
  revision: 0,
  completeness: 1,
});
/** Pages of `perPage` points, of which there are `pages`. */
const answersOf = (pages: number, perPage: number) => {
  const asked: Parameters[] = [];
  const values = (_id: string, parameters: Parameters) => {
    asked.push(parameters);
    const page = Number(parameters['cursor'] ?? 0);
    return Promise.resolve(
      ok<ValuesAnswer>({
        metric: 'net-sales',
        version: 'v1',
        unit: { code: 'CNY', scale: 0 },
        timezone: 'UTC',
        grain: 'minute',
        watermark: null,
        series: [
          {
            labels: { store: '=S1' },
            points: Array.from({ length: perPage }, (_, i) => point(page * perPage + i)),
          },
        ],
        warnings: [],
        ...(page + 1 < pages ? { cursor: String(page + 1) } : {}),
      }),
    );
  };
  return { asked, values };
};
const ports = { metric: () => metric, targets: () => ({}), zip: zipArchive };
const question = { grain: 'minute', by: 'store' };
const query = (format: 'csv' | 'xlsx') => ({ format, hasAbout: false, hasMark: false }) as const;
const asking = (format: 'csv' | 'xlsx') => ({ query: query(format), question, authorization: 'a' });

describe('a file', () => {
  test('names windows of a fiscal calendar, and says which it is', async () => {
    const calendar = {
      id: 'fiscal',
      firstMonth: 4,
      firstDay: 1,
      namedBy: 'end',
      weekStart: 1,
    } as const;
    const fiscal = aMetric({ ...metric, calendar });
    const { values } = answersOf(1, 1);
    const ofQuarter = async (id: string, parameters: Parameters) => {
      const answer = await values(id, parameters);
      if (!answer.ok) return answer;
      const series = answer.value.series.map((one) => ({
        ...one,
        points: one.points.map((only) => ({ ...only, name: 'FY1970 Q4' })),
      }));
      return ok<ValuesAnswer>({ ...answer.value, grain: 'quarter', calendar: 'fiscal', series });
    };
    const exports = createExports({ ...ports, metric: () => fiscal, values: ofQuarter });
    const asked = { ...asking('csv'), query: { ...query('csv'), hasAbout: true } };
    const made = await exports('net-sales', asked);
    const lines = made.ok ? made.value.content.toString().split('\r\n') : [];
    expect(lines).toContain('calendar,fiscal');
    expect(lines.find((line) => line.startsWith('store,'))).toMatch(/^store,window,start,end,/);
    expect(lines.find((line) => line.includes('FY1970'))).toContain(',FY1970 Q4,1970-01-01');
  });

  test('has a column of targets where there are any for such windows', async () => {
    const plan = {
      id: 'plan',
      metric: 'net-sales',
      by: ['store'],
      window: { kind: 'grain', grain: 'minute' },
      entries: [{ where: {}, value: '5' }],
    } as const;
    const { values } = answersOf(1, 2);
    const planned = async (id: string, parameters: Parameters) => {
      const answer = await values(id, parameters);
      if (!answer.ok) return answer;
      const [first = point(0), second = point(1)] = answer.value.series[0]?.points ?? [];
      const series = [{ labels: { store: 'S1' }, points: [{ ...first, target: '5' }, second] }];
      return ok<ValuesAnswer>({ ...answer.value, series });
    };
    const targets = () => ({ targets: new Map([['plan', plan]]) });
    const made = await createExports({ ...ports, targets, values: planned })(
      'net-sales',
      asking('csv'),
    );
    const [head, first, second] = made.ok ? made.value.content.toString().split('\r\n') : [];
    expect(head).toMatch(/,note,target$/);
    expect(first).toMatch(/,5$/);
    expect(second).toMatch(/,$/);
  });

  test('says above its rows that people entered what it is made of', async () => {
    const { values } = answersOf(1, 1);
    const manual = async (id: string, parameters: Parameters) => {
      const answer = await values(id, parameters);
      return answer.ok ? ok({ ...answer.value, manual: ['staff', 'visits'] }) : answer;
    };
    const about = { ...asking('csv'), query: { ...query('csv'), hasAbout: true } };
    const linesOf = async (from: typeof values): Promise<readonly string[]> => {
      const made = await createExports({ ...ports, values: from })('net-sales', about);
      return made.ok ? made.value.content.toString().split('\r\n') : [];
    };
    expect(await linesOf(manual)).toContain('manual,"staff, visits"');
    expect((await linesOf(values)).join()).not.toContain('manual');
  });

  test('has the points of all pages, each once', async () => {
    const { asked, values } = answersOf(3, 4);
    const made = await createExports({ ...ports, values })('net-sales', asking('csv'));
    const lines = made.ok ? made.value.content.toString().trimEnd().split('\r\n') : [];
    expect(lines).toHaveLength(13);
    expect(lines.slice(1).map((line) => line.split(',')[3])).toEqual(
      Array.from({ length: 12 }, (_, i) => String(i)),
    );
    expect(lines[1]?.split(',')[0]).toBe(`"'=S1"`);
    expect(asked.map(({ limit, cursor }) => [limit, cursor])).toEqual([
      ['10000', undefined],
      ['10000', '1'],
      ['10000', '2'],
    ]);
  });

  test('of Excel is an archive with the same rows', async () => {
    const { values } = answersOf(3, 4);
    const made = await createExports({ ...ports, values })('net-sales', asking('xlsx'));
    if (!made.ok) throw new Error(made.error.detail);
    expect(made.value.name).toBe('net-sales-minute.xlsx');
    const sheet = readZip(made.value.content).get('xl/worksheets/sheet1.xml') ?? '';
    expect(sheet.match(/<row /g)).toHaveLength(13);
    expect(sheet).toContain('<c r="D13" s="4"><v>11</v></c>');
  });

  test.each(['csv', 'xlsx'] as const)(
    'of %s is whole or not at all: too many rows',
    async (format) => {
      const { values } = answersOf(99, 5);
      const made = await createExports({ ...ports, values, rowsMax: 11 })(
        'net-sales',
        asking(format),
      );
      const detail = expect.stringContaining('more than 11 rows') as string;
      expect(made).toMatchObject({ ok: false, error: { code: 'span_too_long', detail } });
    },
  );

  test.each(['csv', 'xlsx'] as const)(
    'of %s is whole or not at all: a page fails',
    async (format) => {
      const { values } = answersOf(3, 4);
      const failing = (id: string, parameters: Parameters) =>
        parameters['cursor'] === '2'
          ? Promise.resolve(err({ code: 'rebuilding', detail: 'it has just begun anew' } as const))
          : values(id, parameters);
      const made = await createExports({ ...ports, values: failing })('net-sales', asking(format));
      expect(made).toMatchObject({ ok: false, error: { code: 'rebuilding' } });
    },
  );

  test('waits its turn with no more than three others', async () => {
    const gate = Promise.withResolvers<undefined>();
    const { values } = answersOf(1, 1);
    const slow = async (id: string, parameters: Parameters) => {
      await gate.promise;
      return values(id, parameters);
    };
    const file = createExports({ ...ports, values: slow });
    const four = Array.from({ length: 4 }, () => file('net-sales', asking('csv')));
    expect(await file('net-sales', asking('csv'))).toMatchObject({
      error: { code: 'overloaded' },
    });
    gate.resolve(undefined);
    expect((await Promise.all(four)).every(({ ok: isMade }) => isMade)).toBe(true);
    expect(await file('net-sales', asking('csv'))).toMatchObject({ ok: true });
  });
});

describe('what is asked for', () => {
  const XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';
  const CSV = { format: 'csv', hasAbout: true, hasMark: false };
  test.each<[Parameters, string | undefined, unknown]>([
    [{}, undefined, undefined],
    [{}, '*/*', undefined],
    [{}, 'text/csv;q=0.9, */*', CSV],
    [{}, XLSX, { ...CSV, format: 'xlsx' }],
    [{ format: 'json' }, 'text/csv', undefined],
    [
      { format: 'csv', bom: 'true', about: 'false' },
      undefined,
      { format: 'csv', hasAbout: false, hasMark: true },
    ],
  ])('%j with Accept %s', (parameters, accept, file) => {
    const asked = parseExport({ ...parameters, grain: 'day' }, accept);
    expect(asked).toEqual({ ok: true, value: { file, question: { grain: 'day' } } });
  });

  test.each<[Parameters, string]>([
    [{ format: 'pdf' }, 'xlsx'],
    [{ format: ['csv', 'xlsx'] }, 'format'],
    [{ format: 'csv', bom: 'yes' }, 'bom'],
    [{ format: 'csv', about: '' }, 'about'],
    [{ format: 'xlsx', bom: 'true' }, 'bom'],
    [{ bom: 'true' }, 'bom'],
    [{ format: 'csv', limit: '5' }, 'limit'],
    [{ format: 'csv', cursor: 'x' }, 'cursor'],
  ])('%j is refused, naming %s', (parameters, named) => {
    expect(parseExport(parameters, undefined)).toMatchObject({
      ok: false,
      error: { code: 'invalid_parameter', detail: expect.stringContaining(named) as string },
    });
  });
});
