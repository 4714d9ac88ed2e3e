import type { Catalog, MetricDefinition, SimpleMetric } from '../kernel/definitions.ts';
import type { Language } from '../kernel/catalog/quality.ts';
import type { ErrorCode, Refusal } from '../kernel/errors.ts';
import { TidemarkError } from '../kernel/errors.ts';
import { err, ok } from '../kernel/result.ts';
import type { Result } from '../kernel/result.ts';
import { remember } from '../kernel/progress.ts';
import type { Seen } from '../kernel/progress.ts';
import { eventTopic } from '../kernel/topics.ts';
import type { EpochMs } from '../kernel/time.ts';
import type { MetricAnswer, MetricsAnswer, PipelineAnswer, ValuesAnswer } from './core/answers.ts';
import { conservationGap } from './core/conservation.ts';
import { parseCurrentQuery } from './core/current-query.ts';
import { sourcesOf } from './core/derived.ts';
import { metricAnswer, metricSummary } from './core/metric-answer.ts';
import type { AskPast } from './core/past.ts';
import type { Heads } from './core/metric-answer.ts';
import { isListed, listCursor, parseListQuery } from './core/list-query.ts';
import { offsetsDone, pipelineAnswer } from './core/pipeline-answer.ts';
import type { EventTypeReading } from './core/pipeline-answer.ts';
import { jointWatermark, projectionState } from './core/values-answer.ts';
import { parseValuesQuery } from './core/values-query.ts';
import type { Parameters, ValuesQuery } from './core/values-query.ts';
import { createMetricValues } from './metric-values.ts';
import type { HeartbeatLog, LogBounds, ProjectionReader } from './ports.ts';
import { createQuality } from './quality.ts';
import type { JudgeQuality } from './quality.ts';
import { createVersions } from './versions.ts';
import type { ShownMetric } from './versions.ts';

export type ConsolePorts = {
  readonly reader: ProjectionReader;
  readonly logBounds: LogBounds;
  /** Absent: the pipeline's answer tells of none. */
  readonly heartbeats?: HeartbeatLog;
  readonly catalog: () => Catalog;
  readonly now: () => EpochMs;
  /** TIDEMARK_TOPIC_PREFIX. */
  readonly prefix: string;
  /** Absent: nobody is asked, and `asOf` is refused. */
  readonly past?: AskPast;
  /** Of conditions; absent: rules of quality that have one are not judged. */
  readonly language?: Language;
};

const NO_LANGUAGE: Language = {
  parse: () => err({ message: 'conditions are not read here', offset: 0 }),
  compilePattern: () => err('conditions are not read here'),
};

type Answer<T> = Promise<Result<T, Refusal>>;

/** The read API without HTTP. Every method throws redis_unavailable. */
export type ConsoleReads = {
  readonly list: (parameters: Parameters) => Answer<MetricsAnswer>;
  readonly show: (id: string) => Answer<MetricAnswer>;
  /** @param authorization of whoever asks: the past is answered by another service, which asks for it too */
  readonly values: (
    id: string,
    parameters: Parameters,
    authorization?: string,
  ) => Answer<ValuesAnswer>;
  readonly current: (id: string, parameters: Parameters) => Answer<ValuesAnswer>;
  /** One question that is already understood, of a metric of the current catalogue. */
  readonly ask: (metric: MetricDefinition, query: ValuesQuery) => Answer<ValuesAnswer>;
  /** What the rules of quality of a metric of the current catalogue find now. */
  readonly quality: JudgeQuality;
  /** The least of the watermarks of a metric's sources; 0 while one has none. */
  readonly watermark: (metric: MetricDefinition) => Promise<EpochMs>;
  /** Whether what the update stream tells of this version of a metric is to be shown. */
  readonly isShown: (metric: string, version: string) => boolean;
  readonly hasSwapped: () => Promise<boolean>;
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
  const versions = createVersions({ reader, catalog, now });

  /** How far each generation was lately: what an estimate is made from. */
  let paces: ReadonlyMap<string, readonly Seen[]> = new Map();
  const lookAt = (heads: Heads): void => {
    const atMs = now();
    paces = new Map(
      [...heads.values()].flatMap((head) => {
        if (!head) return [];
        const before = paces.get(head.generation) ?? [];
        return [[head.generation, remember(before, { atMs, done: offsetsDone(head) })] as const];
      }),
    );
  };

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
  const answer = async (
    { metric, catalog: view, warning }: ShownMetric,
    query: ValuesQuery,
    authorization?: string,
  ): Answer<ValuesAnswer> => {
    const { asOf } = query;
    if (asOf && !ports.past)
      return err({ code: 'unreachable', detail: 'no aggregator is asked for the past here' });
    const past = asOf && ports.past ? { ask: ports.past, mark: asOf, authorization } : undefined;
    const values = await metricValues(view, metric, { query, past });
    if (!values.ok || warning === undefined) return values;
    return ok({ ...values.value, warnings: [warning, ...values.value.warnings] });
  };
  const ask = async ({ id }: MetricDefinition, query: ValuesQuery): Answer<ValuesAnswer> => {
    const found = await versions.find(id, undefined);
    return found.ok ? answer(found.value, query) : found;
  };
  const { language = NO_LANGUAGE } = ports;
  const judgeQuality = createQuality({ shown: versions.shown, headsOf, ask, language, now });
  const question =
    (parse: typeof parseValuesQuery) =>
    async (id: string, parameters: Parameters, authorization?: string): Answer<ValuesAnswer> => {
      const { version } = parameters;
      const found = await versions.find(id, typeof version === 'string' ? version : undefined);
      if (!found.ok) return found;
      const query = parse(found.value.metric, parameters, now());
      return query.ok ? answer(found.value, query.value, authorization) : query;
    };

  return {
    async list(parameters) {
      const query = parseListQuery(parameters);
      if (!query.ok) return query;
      const { limit } = query.value;
      const all = [...catalog().metrics.values()]
        .filter((metric) => isListed(metric, query.value))
        .sort((a, b) => (a.id < b.id ? -1 : 1));
      const page = all.slice(0, limit);
      const sources = page.flatMap((metric) => sourcesOf(catalog(), metric));
      const heads = await headsOf([...new Set(sources)]);
      const last = page.at(-1);
      return ok({
        metrics: page.map((metric) => metricSummary(catalog(), metric, heads)),
        ...(all.length > limit && last ? { cursor: listCursor(last.id) } : {}),
      });
    },
    async show(id) {
      const metric = metricOf(id);
      if (!metric.ok) return metric;
      const quality = await judgeQuality(metric.value);
      const heads = await headsOf(sourcesOf(catalog(), metric.value));
      return ok(metricAnswer(catalog(), metric.value, { heads, quality }));
    },
    values: question(parseValuesQuery),
    current: question(parseCurrentQuery),
    ask,
    quality: judgeQuality,
    isShown: versions.isShown,
    hasSwapped: versions.hasSwapped,
    async watermark({ id }) {
      const shown = await versions.shown();
      const metric = shown.metrics.get(id);
      const heads = await headsOf(metric ? sourcesOf(shown, metric) : []);
      return jointWatermark([...heads.values()]);
    },
    async isRebuilding(id) {
      const shown = await versions.shown();
      const metric = shown.metrics.get(id);
      if (!metric) return true;
      const heads = await headsOf(sourcesOf(shown, metric));
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
    { logBounds, heartbeats }: ConsolePorts,
    read: typeof headsOf,
  ): Promise<EventTypeReading[]> {
    const metrics = simpleMetrics(catalog());
    const heads = await read(metrics);
    lookAt(heads);
    return Promise.all(
      [...catalog().eventTypes.keys()].sort().map(async (eventType) => {
        const topic = eventTopic(prefix, eventType);
        return {
          eventType,
          topic,
          log: await orUndefined(logBounds(topic)),
          heartbeats: (heartbeats && (await orUndefined(heartbeats(topic)))) ?? [],
          projections: metrics
            .filter(({ event }) => event === eventType)
            .map((metric) => {
              const head = heads.get(metric.id);
              return { metric, head, seen: paces.get(head?.generation ?? '') ?? [] };
            }),
        };
      }),
    );
  }
}

const simpleMetrics = (catalog: Catalog): SimpleMetric[] =>
  [...catalog.metrics.values()].filter((metric) => metric.kind === 'simple');

const AWAY: ReadonlySet<ErrorCode> = new Set(['broker_unavailable', 'registry_unavailable']);

/** What the broker does not tell is left out of the answer, which says so: cursors and counters are worth showing then. */
async function orUndefined<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof TidemarkError && AWAY.has(error.code)) return undefined;
    throw error;
  }
}
