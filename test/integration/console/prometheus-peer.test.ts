import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { PrometheusReads } from '../../../services/console/prometheus.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../services/kernel/time.ts';
import { lacks } from '../../support/optional.ts';
import { startPrometheus } from '../../support/prometheus-server.ts';
import type { PrometheusServer } from '../../support/prometheus-server.ts';
import { queries, SUBSET } from '../../support/promql-queries.ts';
import type { TwinQuery } from '../../support/promql-queries.ts';
import { FROM_MS, salesReads, scraped, TO_MS } from '../../support/scraped-sales.ts';

/** Ranges of Prometheus before 3 are closed to the left and its look-back too: a millisecond less makes them open. */
const LOOK_BACK = '59m59s999ms';
/** Sums of a Prometheus before 3 carry no compensation. */
const RELATIVE = 1e-11;
const ABSOLUTE = 1e-9;

type Points = ReadonlyMap<string, ReadonlyMap<number, number>>;
type Outcome = { readonly points: Points } | { readonly fault: number };
type Body = {
  readonly data?: {
    readonly resultType: string;
    readonly result: unknown;
  };
};
type Item = {
  readonly metric: Record<string, string>;
  readonly value?: [number, string];
  readonly values?: [number, string][];
};

const numberOf = (text: string): number =>
  text === '+Inf' ? Infinity : text === '-Inf' ? -Infinity : Number(text);

function pointsOf({ data }: Body): Points {
  const items =
    data?.resultType === 'scalar'
      ? [{ metric: {}, value: data.result as [number, string] }]
      : (data?.result as readonly Item[]);
  return new Map(
    items.map((item: Item) => [
      JSON.stringify(Object.entries(item.metric).sort(([a], [b]) => (a < b ? -1 : 1))),
      new Map(
        (item.values ?? (item.value ? [item.value] : [])).map(([at, text]) => [at, numberOf(text)]),
      ),
    ]),
  );
}

const isClose = (a: number | undefined, b: number | undefined): boolean =>
  a !== undefined &&
  b !== undefined &&
  (Object.is(a, b) ||
    a === b ||
    Math.abs(a - b) <= ABSOLUTE + RELATIVE * Math.max(Math.abs(a), Math.abs(b)));

/** Where the two differ, in words. */
function differences(ours: Points, theirs: Points): readonly string[] {
  const found: string[] = [];
  for (const labels of new Set([...ours.keys(), ...theirs.keys()])) {
    const [mine, other] = [ours.get(labels), theirs.get(labels)];
    for (const at of new Set([...(mine?.keys() ?? []), ...(other?.keys() ?? [])]))
      if (!isClose(mine?.get(at), other?.get(at)))
        found.push(`${labels} at ${at}: ${mine?.get(at)} here, ${other?.get(at)} there`);
  }
  return found.slice(0, 5);
}

describe.skipIf(lacks('promtool'))('PromQL, number by number beside a real Prometheus', () => {
  let peer: PrometheusServer;
  let reads: PrometheusReads;
  beforeAll(async () => {
    peer = await startPrometheus(scraped(), { lookBack: LOOK_BACK });
    reads = await salesReads(TO_MS + 100 * DAY_MS);
  });
  afterAll(() => peer?.stop());

  const here = async (path: 'query' | 'queryRange', form: URLSearchParams): Promise<Outcome> => {
    const answer = await reads[path](form);
    if (!answer.ok) return { fault: answer.error.type === 'bad_data' ? 400 : 422 };
    return { points: pointsOf(JSON.parse(answer.value) as Body) };
  };
  const there = async (path: string, form: URLSearchParams): Promise<Outcome> => {
    const response = await fetch(`${peer.url}/api/v1/${path}`, { method: 'POST', body: form });
    if (!response.ok) return { fault: response.status };
    return { points: pointsOf((await response.json()) as Body) };
  };

  type Asked = TwinQuery & { readonly startMs: number; readonly stepMs: number };
  const compare = async ({ ours, theirs, startMs, stepMs }: Asked): Promise<number> => {
    const start = String(startMs / 1_000);
    const end = String((startMs + 40 * stepMs) / 1_000);
    const range = { start, end, step: String(stepMs / 1_000) };
    let compared = 0;
    for (const [mine, other] of [
      [
        await here('queryRange', new URLSearchParams({ query: ours, ...range })),
        await there('query_range', new URLSearchParams({ query: theirs, ...range })),
      ],
      [
        await here('query', new URLSearchParams({ query: ours, time: end })),
        await there('query', new URLSearchParams({ query: theirs, time: end })),
      ],
    ] as const) {
      if ('fault' in mine || 'fault' in other) {
        expect(mine, `${ours} | ${theirs}`).toEqual(other);
        continue;
      }
      expect(differences(mine.points, other.points), `${ours} | ${theirs}`).toEqual([]);
      for (const series of mine.points.values()) compared += series.size;
    }
    return compared;
  };

  test.each(SUBSET)('$ours', async (query) => {
    const compared = await compare({
      ...query,
      startMs: FROM_MS + 3 * DAY_MS,
      stepMs: 90 * MINUTE_MS,
    });
    // A query that finds nothing proves nothing.
    expect(compared).toBeGreaterThan(0);
  });

  test('random queries of the subset', async () => {
    let compared = 0;
    await fc.assert(
      fc.asyncProperty(
        queries,
        fc.integer({ min: 0, max: 8 * 24 * 60 }),
        fc.constantFrom(MINUTE_MS, 7 * MINUTE_MS, HOUR_MS, 2 * HOUR_MS),
        async (query, minute, stepMs) => {
          compared += await compare({ ...query, startMs: FROM_MS + minute * MINUTE_MS, stepMs });
        },
      ),
      { numRuns: 400, seed: 7 },
    );
    expect(compared).toBeGreaterThan(10_000);
  });
});
