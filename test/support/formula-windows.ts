import { readFileSync } from 'node:fs';
import { derivedUpdate, planDerived } from '../../services/aggregator/core/derivation.ts';
import type { LeafCell } from '../../services/aggregator/core/derivation.ts';
import type { HistoryCell } from '../../services/alerting/core/values/recall.ts';
import { COUNTERS } from '../../services/console/core/conservation.ts';
import type { Counter } from '../../services/console/core/conservation.ts';
import { factsOf } from '../../services/console/core/derived.ts';
import type { Reading } from '../../services/console/core/facts.ts';
import type { StoredWindow } from '../../services/console/core/projection.ts';
import { EMPTY, formatValue, merge } from '../../services/kernel/accumulator.ts';
import type { Accumulators } from '../../services/kernel/accumulator.ts';
import type { DerivedMetric, SimpleMetric } from '../../services/kernel/definitions.ts';
import type { Json } from '../../services/kernel/json.ts';
import { binOf } from '../../services/kernel/sketch.ts';
import { decodeUpdate, encodeUpdate } from '../../services/kernel/update.ts';
import type { UpdateRecord, ValueUpdate } from '../../services/kernel/update.ts';
import { calendarOf } from '../../services/kernel/window.ts';
import type { WindowSize } from '../../services/kernel/window.ts';
import { avroType } from '../../services/platform/avro/types.ts';
import { aRule, bench, HOUR, plansOf, salesCatalog, T0 } from './alerting.ts';
import { aMetric } from './metrics.ts';
import { catalogOf } from './platform.ts';

const SCHEMA = new URL('../../schemas/tidemark/metric-update.avsc', import.meta.url);
const type = avroType(JSON.parse(readFileSync(SCHEMA, 'utf8')) as Json);
/** As it is read from the topic. */
const sent = (update: ValueUpdate): ValueUpdate =>
  decodeUpdate(type.fromBuffer(type.toBuffer(encodeUpdate(update))) as UpdateRecord) as ValueUpdate;

const leaf = (id: string, over: Partial<SimpleMetric>): SimpleMetric =>
  aMetric({ id, timezone: 'UTC', ...over });
const LEAVES = [
  leaf('orders', { aggregation: 'count', valueScale: 0, unit: { code: 'orders', scale: 0 } }),
  leaf('amount', { aggregation: 'sum' }),
  leaf('mean', { aggregation: 'avg' }),
  leaf('highest', { aggregation: 'max' }),
  leaf('newest', { aggregation: 'last' }),
  leaf('middle', { aggregation: 'percentile', percentile: 50 }),
  leaf('fee', { aggregation: 'sum', eventsFromMs: T0 + 30 * HOUR }),
];
export const FORMULAS: readonly (readonly [formula: string, ...inputs: readonly string[]])[] = [
  ['amount / orders', 'amount', 'orders'],
  ['amount - fee', 'amount', 'fee'],
  ['(highest - mean) / newest', 'highest', 'mean', 'newest'],
  ['middle * orders - amount', 'middle', 'orders', 'amount'],
];
export const derivedOf = ([formula, ...inputs]: (typeof FORMULAS)[number]): DerivedMetric => ({
  kind: 'derived',
  id: 'net-sales',
  version: 'v1',
  name: { en: 'Formula' },
  owner: 'team:sales',
  tags: [],
  unit: { code: 'CNY', scale: 3 },
  direction: 'none',
  formula,
  inputs,
  timezone: 'UTC',
  breakdowns: [[]],
  grains: ['minute', 'hour', 'day'],
});
/** An event of an input, by its place in the formula, so many hours before now. */
export type Step = {
  readonly input: number;
  readonly back: number;
  readonly amount: number;
  /** How many hours pass then. */
  readonly hours: number;
  /** Whether an aggregator of before publishes it, which says the value alone. */
  readonly isOld: boolean;
};

const GRAINS = ['hour', 'day'] as const;
const lengthMs = { hour: HOUR, day: 24 * HOUR };

/** What one event of this value adds. */
const added = ({ aggregation }: SimpleMetric, value: number, offset: number): Accumulators => {
  const one = { contributions: 1 };
  if (aggregation === 'sum' || aggregation === 'avg') return { ...one, sum: value };
  if (aggregation === 'max') return { ...one, max: value };
  if (aggregation === 'percentile') return { ...one, sketch: [[binOf(value), 1]] };
  const last = { timeMs: offset, partition: 0, offset, value };
  return aggregation === 'last' ? { ...one, last } : one;
};

/** Events as they come: cells of their inputs, and what the aggregator publishes of the formula. */
export function run(formula: DerivedMetric, window: WindowSize, list: readonly Step[]) {
  const leaves = LEAVES.filter(({ id }) => formula.inputs.includes(id));
  const plan = planDerived(formula, new Map(leaves.map((one) => [one.id, one])));
  if (!plan.ok) throw new Error(plan.error);
  const definitions = salesCatalog({
    metrics: [...leaves, formula],
    rules: [aRule({ window, when: 'value < 1000' })],
  });
  const b = bench(definitions);
  const cells = new Map<string, Accumulators>();
  const old = new Set<number>();
  let hour = 0;
  for (const [offset, { input, back, amount, hours, isOld }] of list.entries()) {
    const eventMs = T0 + Math.max(0, hour - back) * HOUR;
    const of = plan.value.leaves[input % leaves.length] as SimpleMetric;
    const isCounted = eventMs >= (of.eventsFromMs ?? 0);
    for (const grain of isCounted ? GRAINS : []) {
      const start = eventMs - (eventMs % lengthMs[grain]);
      const end = start + lengthMs[grain];
      const place = { grain, start, end, series: '[]' };
      const name = (id: string) => `${id}|${grain}|${start}`;
      cells.set(name(of.id), merge(cells.get(name(of.id)) ?? EMPTY, added(of, amount, offset)));
      const watermarkMs = T0 + hour * HOUR;
      const view = { cells: [], watermarkMs, cursors: [], rebuilding: false };
      const state = end <= watermarkMs ? 'revised' : 'open';
      const parts = plan.value.leaves.map((metric): LeafCell => {
        const accumulators = cells.get(name(metric.id));
        const at = { grain, startMs: start, endMs: end, key: '[]', state } as const;
        const none = { revision: 0, restatements: 0, historical: 0 };
        return { metric, view, cell: accumulators && { ...at, accumulators, ...none } };
      });
      const { inputs, ...update } = sent(
        derivedUpdate(plan.value, place, { leaves: parts, nowMs: 0 }),
      );
      if (grain === 'hour') {
        if (isOld) old.add(start);
        else old.delete(start);
      }
      b.value(0, 0, { ...update, ...(isOld || !inputs ? {} : { inputs }) });
    }
    if (hours > 0) b.tick((hour += hours));
  }
  const watermarkMs = T0 + hour * HOUR;
  const [rulePlan] = plansOf(catalogOf(definitions));
  if (!rulePlan) throw new Error('there is a rule');
  return {
    slots: [...b.state().tracks.values()][0]?.alert.slots ?? [],
    old,
    state: b.state(),
    definitions,
    rulePlan,
    cells,
    watermarkMs,
    read: readApi(formula, leaves, { cells, watermarkMs }),
  };
}

/** What the read API says of any window, out of the hours of the inputs. */
function readApi(
  formula: DerivedMetric,
  leaves: readonly SimpleMetric[],
  of: { readonly cells: ReadonlyMap<string, Accumulators>; readonly watermarkMs: number },
) {
  const counters = Object.fromEntries(COUNTERS.map((name) => [name, 0])) as Record<Counter, number>;
  const partition = { topic: 't', partition: 0, first: 0, next: 0, appendMs: 0, counters };
  const head = {
    generation: 'g',
    rebuilding: false,
    partitions: [{ ...partition, watermarkMs: of.watermarkMs, rebuilding: false }],
    seriesCount: 1,
    perBreakdown: {},
    refused: 0,
    finals: '',
  };
  const readings = leaves.map((metric): [string, Reading] => {
    const own = [...of.cells].filter(([name]) => name.startsWith(`${metric.id}|hour|`));
    const windows = own.map(([name, accumulators]): [number, StoredWindow] => {
      const cell = { accumulators, revision: 0, restatements: 0 };
      return [Number(name.split('|')[2]), { stage: 1, cells: new Map([[0, cell]]) }];
    });
    const reading = {
      metric,
      calendar: calendarOf(metric),
      grain: 'hour',
      view: { head, windows: new Map(windows) },
      series: new Map([['[]', { number: 0, key: '[]', labels: {} }]]),
      membersOf: () => undefined,
      latestOf: () => undefined,
    } as const;
    return [metric.id, reading];
  });
  const factOf = factsOf(formula, catalogOf({ metrics: [...leaves, formula] }), new Map(readings));
  return (window: { startMs: number; endMs: number }) =>
    formatValue(factOf('[]', window).value, formula.unit.scale);
}

/** Stored history of an input, of the cells whose names begin so. */
export const historyOf = (
  cells: ReadonlyMap<string, Accumulators>,
  prefix: string,
): readonly HistoryCell[] =>
  [...cells]
    .filter(([name]) => name.startsWith(prefix))
    .map(([name, accumulators]) => {
      const start = Number(name.split('|')[2]);
      const end = start + (prefix.endsWith('|day|') ? 24 : 1) * HOUR;
      const known = { value: null, state: 'final', revision: 0 } as const;
      return { series: '[]', start, end, accumulators, ...known };
    });
