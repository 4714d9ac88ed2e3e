import type { Catalog, MetricDefinition, SimpleMetric } from '../kernel/definitions.ts';
import type { Refusal } from '../kernel/errors.ts';
import { TidemarkError } from '../kernel/errors.ts';
import { err, ok } from '../kernel/result.ts';
import type { Result } from '../kernel/result.ts';
import { eventTopic } from '../kernel/topics.ts';
import type { EpochMs } from '../kernel/time.ts';
import type { MetricAnswer, MetricsAnswer, PipelineAnswer, ValuesAnswer } from './core/answers.ts';
import { conservationGap } from './core/conservation.ts';
import { parseCurrentQuery } from './core/current-query.ts';
import { sourcesOf } from './core/derived.ts';
import { metricAnswer, metricSummary } from './core/metric-answer.ts';
import type { Heads } from './core/metric-answer.ts';
import { parseListQuery } from './core/list-query.ts';
import { pipelineAnswer } from './core/pipeline-answer.ts';
import type { EventTypeReading } from './core/pipeline-answer.ts';
import { jointWatermark, projectionState } from './core/values-answer.ts';
import { parseValuesQuery } from './core/values-query.ts';
import type { Parameters, ValuesQuery } from './core/values-query.ts';
import { createMetricValues } from './metric-values.ts';
import type { LogBounds, ProjectionReader } from './ports.ts';

export type ConsolePorts = {
  readonly reader: ProjectionReader;
  readonly logBounds: LogBounds;
  readonly catalog: () => Catalog;
  readonly now: () => EpochMs;
  /** TIDEMARK_TOPIC_PREFIX. */
  readonly prefix: string;
};

type Answer<T> = Promise<Result<T, Refusal>>;

/** The read API without HTTP. Every method throws redis_unavailable. */
export type ConsoleReads = {
  readonly list: (parameters: Parameters) => Answer<MetricsAnswer>;
  readonly show: (id: string) => Answer<MetricAnswer>;
  readonly values: (id: string, parameters: Parameters) => Answer<ValuesAnswer>;
  readonly current: (id: string, parameters: Parameters) => Answer<ValuesAnswer>;
  /** One question that is already understood, of a metric of the current catalogue. */
  readonly ask: (metric: MetricDefinition, query: ValuesQuery) => Answer<ValuesAnswer>;
  /** The least of the watermarks of a metric's sources; 0 while one has none. */
  readonly watermark: (metric: MetricDefinition) => Promise<EpochMs>;
  /** Whether the values of a metric are withheld now: a source of it is being filled, or there is none. */
  readonly isRebuilding: (id: string) => Promise<boolean>;
  readonly pipeline: () => Promise<PipelineAnswer>;
  /** Offsets that counters do not account for, per projection; needs no broker. */
  readonly conservationGaps: () => Promise<
    readonly { readonly metric: SimpleMetric; readonly gap: number }[]
  >;
};

export function createConsoleReads(ports: ConsolePorts): ConsoleReads {
  const { reader, catalog, now, prefix } = ports;
  const metricValues = createMetricValues(reader);

  const headsOf = async (metrics: readonly SimpleMetric[]): Promise<Heads> => {
    const heads = await reader.heads(metrics.map(({ id, version }) => ({ metric: id, version })));
    return new Map(metrics.map(({ id }, i) => [id, heads[i]]));
  };
  const metricOf = (id: string): Result<MetricDefinition, Refusal> => {
    const metric = catalog().metrics.get(id);
    return metric
      ? ok(metric)
      : err({ code: 'not_found', detail: `no published metric is called ${id}` });
  };
  const ask = (metric: MetricDefinition, query: ValuesQuery): Answer<ValuesAnswer> =>
    metricValues(catalog(), metric, query);
  const question =
    (parse: typeof parseValuesQuery) =>
    async (id: string, parameters: Parameters): Answer<ValuesAnswer> => {
      const metric = metricOf(id);
      if (!metric.ok) return metric;
      const query = parse(metric.value, parameters, now());
      return query.ok ? ask(metric.value, query.value) : query;
    };

  return {
    async list(parameters) {
      const query = parseListQuery(parameters);
      if (!query.ok) return query;
      const { after, limit } = query.value;
      const all = [...catalog().metrics.values()]
        .filter(({ id }) => after === undefined || id > after)
        .sort((a, b) => (a.id < b.id ? -1 : 1));
      const page = all.slice(0, limit);
      const sources = page.flatMap((metric) => sourcesOf(catalog(), metric));
      const heads = await headsOf([...new Set(sources)]);
      const last = page.at(-1);
      return ok({
        metrics: page.map((metric) => metricSummary(catalog(), metric, heads)),
        ...(all.length > limit && last ? { cursor: last.id } : {}),
      });
    },
    async show(id) {
      const metric = metricOf(id);
      if (!metric.ok) return metric;
      const heads = await headsOf(sourcesOf(catalog(), metric.value));
      return ok(metricAnswer(catalog(), metric.value, heads));
    },
    values: question(parseValuesQuery),
    current: question(parseCurrentQuery),
    ask,
    async watermark(metric) {
      const heads = await headsOf(sourcesOf(catalog(), metric));
      return jointWatermark([...heads.values()]);
    },
    async isRebuilding(id) {
      const metric = catalog().metrics.get(id);
      if (!metric) return true;
      const heads = await headsOf(sourcesOf(catalog(), metric));
      return projectionState([...heads.values()]) !== 'live';
    },
    async pipeline() {
      const readings = await readPipeline(ports, headsOf);
      return pipelineAnswer(readings, now());
    },
    async conservationGaps() {
      const metrics = simpleMetrics(catalog());
      const heads = await headsOf(metrics);
      return metrics.flatMap((metric) => {
        const head = heads.get(metric.id);
        return head ? [{ metric, gap: conservationGap(head.partitions) }] : [];
      });
    },
  };

  /** Heads are read before the logs' ends: an end is then never behind its cursor. */
  async function readPipeline(
    { logBounds }: ConsolePorts,
    read: typeof headsOf,
  ): Promise<EventTypeReading[]> {
    const metrics = simpleMetrics(catalog());
    const heads = await read(metrics);
    return Promise.all(
      [...catalog().eventTypes.keys()].sort().map(async (eventType) => {
        const topic = eventTopic(prefix, eventType);
        return {
          eventType,
          topic,
          log: await orUndefined(logBounds(topic)),
          projections: metrics
            .filter(({ event }) => event === eventType)
            .map((metric) => ({ metric, head: heads.get(metric.id) })),
        };
      }),
    );
  }
}

const simpleMetrics = (catalog: Catalog): SimpleMetric[] =>
  [...catalog.metrics.values()].filter((metric) => metric.kind === 'simple');

/** What the broker does not tell is left out of the answer, which says so: cursors and counters are worth showing then. */
async function orUndefined<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof TidemarkError && error.code === 'broker_unavailable') return undefined;
    throw error;
  }
}
