import fc from 'fast-check';

/**
 * The same question in our words and in those of a Prometheus that holds every grain and breakdown under one name: there
 * the selector must say which.
 */
export type TwinQuery = { readonly ours: string; readonly theirs: string };

const DIMENSIONS = ['store', 'channel'] as const;
type Dimension = (typeof DIMENSIONS)[number];
const METRICS = ['net_sales', 'orders', 'price', 'lowest'] as const;

type SelectorParts = {
  readonly metric: string;
  readonly matchers: readonly string[];
  /** Dimensions that matchers or groupings name. */
  readonly dimensions: readonly Dimension[];
  readonly grain?: 'hour' | 'day';
  readonly rangeHours?: number;
  readonly offset?: string;
};

function selector(parts: SelectorParts): TwinQuery {
  const { metric, matchers, dimensions, grain, rangeHours, offset } = parts;
  const own = [...matchers, ...(grain === undefined ? [] : [`grain="${grain}"`])];
  const theirs = [
    ...matchers,
    `grain="${grain ?? 'hour'}"`,
    ...DIMENSIONS.map((name) => `${name}${dimensions.includes(name) ? '!=' : '='}""`),
  ];
  const tail = offset === undefined ? '' : ` offset ${offset}`;
  const range = (text: string): string => (rangeHours === undefined ? '' : `[${text}]`);
  return {
    ours: `${metric}${own.length > 0 ? `{${own.join(',')}}` : ''}${range(`${rangeHours}h`)}${tail}`,
    theirs: `${metric}{${theirs.join(',')}}${range(`${(rangeHours ?? 1) - 1}h59m59s999ms`)}${tail}`,
  };
}

const both = (twins: readonly TwinQuery[], write: (...texts: string[]) => string): TwinQuery => ({
  ours: write(...twins.map(({ ours }) => ours)),
  theirs: write(...twins.map(({ theirs }) => theirs)),
});
const same = (text: string): TwinQuery => ({ ours: text, theirs: text });

const total = (metric: string): TwinQuery => selector({ metric, matchers: [], dimensions: [] });
const byStore = (metric: string): TwinQuery =>
  selector({ metric, matchers: ['store!=""'], dimensions: ['store'] });
const byBoth = (metric: string): TwinQuery =>
  selector({
    metric,
    matchers: ['store!=""', 'channel!=""'],
    dimensions: ['store', 'channel'],
  });
const windows = (metric: string, rangeHours: number, offset?: string): TwinQuery =>
  selector({
    metric,
    matchers: ['store=~".+"'],
    dimensions: ['store'],
    rangeHours,
    ...(offset === undefined ? {} : { offset }),
  });

/** Without equals among them: which of these is taken is free. */
const ranking = both(
  [
    selector({
      metric: 'net_sales',
      matchers: ['store!=""', 'channel!=""'],
      dimensions: DIMENSIONS,
      rangeHours: 72,
    }),
  ],
  (inner) => `sum_over_time(${inner})`,
);

const OVER_TIME = ['sum', 'avg', 'min', 'max', 'last', 'count'].map((name) => `${name}_over_time`);
const AGGREGATORS = ['sum', 'avg', 'min', 'max', 'count'];
const ARITHMETIC = ['+', '-', '*', '/', '%', '^'];
const COMPARISONS = ['==', '!=', '<', '<=', '>', '>='];

/** Every function and operator that is supported, each at least once. */
export const SUBSET: readonly TwinQuery[] = [
  same('1+1'),
  same('-2 ^ 2 * 3 % 4'),
  same('2 ^ 3 ^ 0.5'),
  same('1 > bool 2'),
  same('0x1F + .5e1'),
  total('net_sales'),
  byStore('net_sales'),
  byBoth('orders'),
  ...['store="S1"', 'store!="S1"', 'store=~"S.*"', 'store!~"S(1|3)"', 'store=~"nor"'].flatMap(
    (matcher) =>
      matcher === 'store=~"nor"'
        ? []
        : [selector({ metric: 'net_sales', matchers: [matcher], dimensions: ['store'] })],
  ),
  selector({ metric: 'net_sales', matchers: [], dimensions: [], grain: 'hour', offset: '1h' }),
  selector({ metric: 'net_sales', matchers: [], dimensions: [], offset: '-90m' }),
  same('{__name__="orders",grain="hour",store="",channel=""}'),
  same('{__name__=~"net_sales|orders",grain="hour",store="",channel=""}'),
  ...OVER_TIME.flatMap((name) => [
    both([windows('net_sales', 24)], (inner) => `${name}(${inner})`),
    both([windows('price', 5, '2h')], (inner) => `${name}(${inner})`),
  ]),
  ...AGGREGATORS.flatMap((name) => [
    both([byBoth('price')], (inner) => `${name}(${inner})`),
    both([byBoth('net_sales')], (inner) => `${name} by (store) (${inner})`),
    both([byBoth('net_sales')], (inner) => `${name}(${inner}) without (store, grain)`),
  ]),
  both([ranking], (inner) => `topk(2, ${inner})`),
  both([ranking], (inner) => `bottomk by (channel) (1, ${inner})`),
  ...ARITHMETIC.flatMap((sign) => [
    both([byStore('net_sales'), byStore('orders')], (a, b) => `${a} ${sign} ${b}`),
    both([byStore('price')], (inner) => `${inner} ${sign} 2`),
    both([byStore('orders')], (inner) => `2 ${sign} ${inner}`),
  ]),
  ...COMPARISONS.flatMap((sign) => [
    both([byStore('orders')], (inner) => `${inner} ${sign} bool 1`),
    both([byStore('net_sales'), byStore('price')], (a, b) => `${a} ${sign} bool ${b}`),
  ]),
  ...['!=', '<', '<=', '>', '>='].map((sign) =>
    both([byStore('orders')], (inner) => `${inner} ${sign} 1`),
  ),
  both([byStore('orders'), byStore('price')], (a, b) => `${a} < ${b}`),
  both([byStore('orders')], (inner) => `1 == ${inner}`),
  both([byStore('net_sales')], (inner) => `-${inner}`),
  {
    ours: 'sum by (store) (net_sales) / sum by (store) (orders)',
    theirs:
      'sum by (store) (net_sales{grain="hour",store!="",channel=""}) / sum by (store) (orders{grain="hour",store!="",channel=""})',
  },
  {
    ours: 'sum(net_sales)',
    theirs: 'sum(net_sales{grain="hour",store="",channel=""})',
  },
];

const matchersOf = (dimension: Dimension): fc.Arbitrary<string> =>
  fc.constantFrom(
    `${dimension}="S1"`,
    `${dimension}!="S2"`,
    `${dimension}=~"S.|web"`,
    `${dimension}=~".*"`,
    `${dimension}!~"north|shop"`,
    `${dimension}!=""`,
  );

/** Selectors of a breakdown that is kept, below aggregations that group by these labels. */
const selectors = (grouped: readonly Dimension[], ranged: boolean): fc.Arbitrary<TwinQuery> =>
  fc
    .record({
      metric: fc.constantFrom(...METRICS),
      named: fc.constantFrom<readonly Dimension[]>([], ['store'], ['store', 'channel']),
      store: matchersOf('store'),
      channel: matchersOf('channel'),
      rangeHours: fc.integer({ min: 1, max: 50 }),
      offset: fc.option(fc.constantFrom('1h', '30m', '1d', '-2h', '1h30m'), { nil: undefined }),
    })
    .map(({ metric, named, store, channel, rangeHours, offset }) => {
      const dimensions = DIMENSIONS.filter(
        (name) => named.includes(name) || grouped.includes(name),
      );
      // Channels are kept within stores only.
      const isKept = dimensions.length !== 1 || dimensions[0] === 'store';
      const all = isKept ? named : [...named, 'store' as const];
      return selector({
        metric,
        matchers: [
          ...(all.includes('store') ? [store] : []),
          ...(all.includes('channel') ? [channel] : []),
        ],
        dimensions: isKept ? dimensions : DIMENSIONS,
        ...(ranged ? { rangeHours } : {}),
        ...(offset === undefined ? {} : { offset }),
      });
    });

function vectors(grouped: readonly Dimension[], depth: number): fc.Arbitrary<TwinQuery> {
  const over = fc
    .tuple(fc.constantFrom(...OVER_TIME), selectors(grouped, true))
    .map(([name, inner]) => both([inner], (text) => `${name}(${text})`));
  if (depth === 0) return fc.oneof(selectors(grouped, false), over);
  const inner = vectors(grouped, depth - 1);
  const number = fc.constantFrom('2', '0.5', '-3', '0', '100').map(same);
  const arithmetic = fc
    .tuple(fc.constantFrom(...ARITHMETIC), fc.oneof(inner, number), inner, fc.boolean())
    .map(([sign, a, b, turn]) =>
      both(turn ? [b, a] : [a, b], (left, right) => `(${left}) ${sign} (${right})`),
    );
  const comparison = fc
    .tuple(fc.constantFrom(...COMPARISONS), inner, fc.oneof(inner, number), fc.boolean())
    .map(([sign, a, b, isBool]) =>
      both([a, b], (left, right) => `(${left}) ${sign}${isBool ? ' bool' : ''} (${right})`),
    );
  const by = fc
    .constantFrom<readonly Dimension[]>([], ['store'], ['store', 'channel'], ['channel'])
    .chain((labels) =>
      fc
        .tuple(
          fc.constantFrom(...AGGREGATORS),
          vectors([...new Set([...grouped, ...labels])], depth - 1),
        )
        .map(([name, text]) =>
          both([text], (body) => `${name} by (${[...labels, 'grain'].join(', ')}) (${body})`),
        ),
    );
  const without = fc
    .tuple(fc.constantFrom(...AGGREGATORS), fc.constantFrom('store', 'channel'), inner)
    .map(([name, label, text]) => both([text], (body) => `${name} without (${label}) (${body})`));
  const negated = inner.map((text) => both([text], (body) => `-(${body})`));
  return fc.oneof(selectors(grouped, false), over, arithmetic, comparison, by, without, negated);
}

/** Random questions of the whole subset but rankings, whose choice among equals is free. */
export const queries: fc.Arbitrary<TwinQuery> = vectors([], 2);
