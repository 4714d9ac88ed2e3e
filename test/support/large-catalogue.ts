import type { Json } from '../../services/kernel/json.ts';
import { MINUTE_MS, SECOND_MS } from '../../services/kernel/time.ts';

/** Minutes of orders: twice as many as a comparison needs. */
export const MINUTES = 60;
const TYPE = 'shop.order';
/** Kinds of article; the sales of each go up and down on their own. */
const KINDS = 76;

/** Marsaglia's xorshift32. @returns integers in 0..below-1 */
function seeded(seed: number): (below: number) => number {
  let state = seed | 1;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}

/** Orders of an hour from a moment on, in order; the same for the same seed. */
export function ordersOf(seed: number, startMs: number): readonly Json[] {
  const next = seeded(seed);
  const events: Json[] = [];
  for (let minute = 0; minute < MINUTES; minute++)
    for (let kind = 0; kind < KINDS; kind++) {
      const count = 1 + next(3);
      for (let i = 0; i < count; i++)
        events.push({
          specversion: '1.0',
          id: `${minute}-${kind}-${i}`,
          source: '/test/shop',
          type: TYPE,
          time: new Date(startMs + minute * MINUTE_MS + next(60) * SECOND_MS).toISOString(),
          data: {
            kind: `k${kind}`,
            amount: `${1 + next(90)}.${10 + next(90)}`,
            // One in 200: a filter on it hardly changes anything.
            gift: next(200) === 0,
          },
        });
    }
  return events.toSorted((a, b) => (timeOf(a) < timeOf(b) ? -1 : 1));
}
const timeOf = (event: Json): string => (event as { time: string }).time;

export type LargeCatalogue = {
  readonly documents: readonly Json[];
  readonly ids: readonly string[];
  /** Asked for by name. */
  readonly read: readonly string[];
  /** Near-duplicates: which metric each repeats, and in what it differs. */
  readonly redundant: ReadonlyMap<
    string,
    { readonly of: string; readonly differs: readonly string[] }
  >;
  /** Neither read nor watched. */
  readonly dead: readonly string[];
  /** Of the dead, those that were read once. */
  readonly abandoned: readonly string[];
  /** Not read either, but published lately. */
  readonly young: readonly string[];
};

type Spec = Readonly<Record<string, Json>>;
const head = { apiVersion: 'tidemark/v1' };
const range = (from: number, to: number): readonly number[] =>
  Array.from({ length: to - from }, (_, i) => from + i);

/**
 * 120 metrics over one event type. 85 have a purpose: 30 are read, 15 sums have a rule, 20 counts are the inputs of 10
 * ratios that are read, 5 are followed, 5 are young. 15 repeat another one with a little difference, 20 are dead.
 * @param seed which kinds of article play which part
 */
export function aLargeCatalogue(seed: number): LargeCatalogue {
  const next = seeded(seed);
  const kinds = range(0, KINDS).toSorted(() => next(3) - 1);
  const kind = (i: number): string => `data.kind == "k${kinds[i]}"`;
  const documents: Json[] = [
    { ...head, kind: 'Person', metadata: { id: 'anna' }, spec: {} },
    {
      ...head,
      kind: 'EventType',
      metadata: { id: TYPE },
      spec: {
        avro: {
          type: 'record',
          name: 'Order',
          fields: [
            { name: 'kind', type: 'string' },
            {
              name: 'amount',
              type: { type: 'bytes', logicalType: 'decimal', precision: 18, scale: 2 },
            },
            { name: 'gift', type: 'boolean' },
          ],
        },
        outOfOrderness: 'PT2M',
      },
    },
  ];
  const ids: string[] = [];
  const metric = (id: string, spec: Spec): string => {
    ids.push(id);
    documents.push({
      ...head,
      kind: 'Metric',
      metadata: { id, name: id, owner: 'person:anna' },
      spec,
    });
    return id;
  };
  const count = (id: string, where: string, more: Spec = {}): string =>
    metric(id, { type: 'simple', event: TYPE, aggregation: 'count', where, ...more });
  const sum = (id: string, where: string, value: string, scale = 2): string =>
    metric(id, {
      type: 'simple',
      event: TYPE,
      aggregation: 'sum',
      where,
      value,
      unit: { code: 'EUR', scale },
    });
  const ratio = (id: string, formula: string): string =>
    metric(id, { type: 'derived', formula, unit: { code: 'ratio' } });
  const add = (of: string, id: string, spec: Spec): void => {
    documents.push({ ...head, kind: of, metadata: { id, name: id }, spec });
  };

  const counts = range(0, 30).map((i) => count(`count-${i}`, kind(i)));
  for (const i of range(0, 20)) count(`input-${i}`, kind(30 + i));
  const ratios = range(0, 10).map((i) =>
    ratio(`ratio-${i}`, `input_${2 * i} / input_${2 * i + 1}`),
  );
  const sums = range(0, 15).map((i) => sum(`sum-${i}`, kind(i), 'data.amount'));
  for (const id of sums)
    add('AlertRule', `${id}-low`, { metric: id, window: 'hour', when: 'value < 1' });
  const followed = range(0, 5).map((i) => count(`followed-${i}`, kind(50 + i)));
  for (const id of followed) add('Subscription', `anna-${id}`, { who: 'person:anna', metric: id });
  const young = range(0, 5).map((i) => count(`young-${i}`, kind(55 + i)));

  const redundant = new Map<string, { of: string; differs: readonly string[] }>();
  for (const i of range(0, 5)) {
    const id = count(`x-filter-${i}`, `${kind(i)} && !data.gift`);
    redundant.set(id, { of: `count-${i}`, differs: ['where'] });
  }
  for (const i of range(5, 9)) {
    const id = count(`x-zone-${i}`, kind(i), { timezone: 'Asia/Shanghai' });
    redundant.set(id, { of: `count-${i}`, differs: ['windows'] });
  }
  for (const i of range(0, 4)) {
    const id = sum(`x-cents-${i}`, kind(i), 'data.amount * 100', 0);
    redundant.set(id, { of: `sum-${i}`, differs: ['value', 'scale'] });
  }
  for (const i of range(0, 2)) {
    const id = ratio(`x-percent-${i}`, `100 * input_${2 * i} / input_${2 * i + 1}`);
    redundant.set(id, { of: `ratio-${i}`, differs: ['formula'] });
  }
  const dead = [
    ...range(0, 12).map((i) => count(`dead-${i}`, kind(60 + i))),
    ...range(0, 8).map((i) => sum(`dead-sum-${i}`, kind(60 + i), 'data.amount')),
  ];
  return {
    documents,
    ids,
    read: [...counts, ...ratios, ...redundant.keys()],
    redundant,
    dead,
    abandoned: dead.slice(5, 10),
    young,
  };
}
