import { compileExpect } from '../kernel/catalog/quality.ts';
import type { Language } from '../kernel/catalog/quality.ts';
import type { Catalog, MetricDefinition, SimpleMetric } from '../kernel/definitions.ts';
import type { Refusal } from '../kernel/errors.ts';
import type { QualityRule } from '../kernel/metric-words.ts';
import type { Result } from '../kernel/result.ts';
import type { EpochMs } from '../kernel/time.ts';
import type { ValuesAnswer } from './core/answers.ts';
import { sourcesOf } from './core/derived.ts';
import type { Heads } from './core/metric-answer.ts';
import { judgeAge, judgeWindows, QUALITY_WINDOWS, rangeDue, unjudged } from './core/quality.ts';
import type { QualityAnswer, QualityNow } from './core/quality.ts';
import { jointWatermark, projectionState } from './core/values-answer.ts';
import type { ValuesQuery } from './core/values-query.ts';

/** Judges the rules of quality of a published metric by what is stored now. @throws redis_unavailable */
export type JudgeQuality = (metric: MetricDefinition) => Promise<readonly QualityAnswer[]>;

type Ports = {
  /** The catalogue with the versions that are shown: what is judged are the values that readers see. */
  readonly shown: () => Promise<Catalog>;
  readonly headsOf: (metrics: readonly SimpleMetric[]) => Promise<Heads>;
  readonly ask: (
    metric: MetricDefinition,
    query: ValuesQuery,
  ) => Promise<Result<ValuesAnswer, Refusal>>;
  readonly language: Language;
  readonly now: () => EpochMs;
};

export function createQuality(ports: Ports): JudgeQuality {
  return async ({ id, quality: rules = [] }) => {
    if (rules.length === 0) return [];
    const catalog = await ports.shown();
    const metric = catalog.metrics.get(id);
    if (!metric) return rules.map((rule) => unjudged(rule, 'the metric has no values yet', null));
    const now = await nowOf(ports, sourcesOf(catalog, metric));
    return Promise.all(rules.map((rule) => judge(ports, { rule, metric, now })));
  };
}

async function nowOf(ports: Ports, sources: readonly SimpleMetric[]): Promise<QualityNow> {
  const heads = [...(await ports.headsOf(sources)).values()];
  const nowMs = ports.now();
  return {
    nowMs,
    watermarkMs: jointWatermark(heads),
    isRebuilding: projectionState(heads) !== 'live',
    sinceMs: (grain) =>
      Math.max(
        0,
        ...sources.flatMap(({ eventsFromMs = 0, retentionMs }) => [
          eventsFromMs,
          nowMs - retentionMs[grain],
        ]),
      ),
  };
}

async function judge(
  { ask, language }: Ports,
  at: { readonly rule: QualityRule; readonly metric: MetricDefinition; readonly now: QualityNow },
): Promise<QualityAnswer> {
  const { rule, metric, now } = at;
  if (rule.expect === undefined) return judgeAge(rule, now);
  const range = rangeDue(rule, metric, now);
  const grain = range?.grain ?? null;
  const compiled = compileExpect(rule.expect, metric, language);
  if (!compiled.ok) return unjudged(rule, compiled.error, grain);
  if (!range) return unjudged(rule, 'no window is due yet', grain);
  const { fromMs, toMs } = range;
  const answer = await ask(metric, {
    size: { kind: 'grain', grain: range.grain },
    grain: range.grain,
    fromMs,
    toMs,
    choice: { dimensions: [], where: new Map() },
    limit: QUALITY_WINDOWS,
    after: undefined,
  });
  if (!answer.ok) return unjudged(rule, answer.error.detail, grain);
  const points = answer.value.series[0]?.points ?? [];
  return judgeWindows(rule, compiled.value, { grain: range.grain, points });
}
