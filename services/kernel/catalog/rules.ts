import type {
  AlertRuleDefinition,
  Catalog,
  MetricDefinition,
  SimpleMetric,
} from '../definitions.ts';
import { formatDecimal, rescaleExact } from '../decimal.ts';
import { ruleEnvironment } from '../expression/environment.ts';
import { thresholdOf } from '../expression/threshold.ts';
import { isLookBack, lookBackFault } from '../look-back.ts';
import { keepsMembers } from '../projection.ts';
import { readsTarget, targetFault } from '../target.ts';
import { HOUR_MS, MINUTE_MS } from '../time.ts';
import type { WindowSize } from '../window.ts';
import { grainOf, parseWindowSize, WINDOW_FORMS } from '../window-size.ts';
import { isBuiltIn } from '../built-in-rules.ts';
import { checkExpression, checkReference } from './context.ts';
import type { CheckedExpression, Context } from './context.ts';
import type { AlertRuleDocument } from './rule-document.ts';
import { groupOf } from './people.ts';
import { textOf } from './fields.ts';
import { printed, versionOf } from './version.ts';

type Spec = AlertRuleDocument['spec'];
export type Metrics = ReadonlyMap<string, MetricDefinition>;

/** @returns undefined when the rule cannot be used; its own faults are reported */
export function alertRuleOf(
  { metadata, spec }: AlertRuleDocument,
  catalog: Pick<Catalog, 'metrics' | 'targets'>,
  context: Context,
): AlertRuleDefinition | undefined {
  const window = windowOf(spec, context);
  checkFor(spec, context);
  if (isBuiltIn(metadata.id))
    context.report(['metadata', 'id'], {
      code: 'id_taken',
      message: `${metadata.id} is a rule of the system's own`,
    });
  const { metrics } = catalog;
  const metric = metrics.get(spec.metric);
  const known = checkReference(
    { kind: 'Metric', id: spec.metric, path: ['spec', 'metric'] },
    context,
  );
  if (!known || !metric) return checkReadable(spec, context);
  const by = breakdownFor(spec, metric, context);
  if (window) checkWindow(window, { metric, metrics }, context);
  const when = condition('when', spec.when, { metric, context });
  const clear =
    spec.clear === undefined ? undefined : condition('clear', spec.clear, { metric, context });
  if (!window || !by || !when || (spec.clear !== undefined && !clear)) return undefined;
  checkLookBacks('when', { checked: when, window }, context);
  if (clear) checkLookBacks('clear', { checked: clear, window }, context);
  const fault = targetFault(catalog, metric, { by, window });
  checkTarget('when', when, { fault, ...context });
  if (clear) checkTarget('clear', clear, { fault, ...context });
  return {
    id: metadata.id,
    version: versionOf({
      metric: spec.metric,
      by,
      window,
      evaluate: spec.evaluate,
      when: printed(when.expression),
      clear: printed(clear?.expression),
      keepFiring: spec.keepFiring,
      ...judgedNoData(spec.noData),
      minCount: spec.minCount,
    }),
    name: textOf(metadata.name),
    metric: spec.metric,
    by,
    window,
    evaluate: spec.evaluate,
    when: spec.when,
    ...(spec.clear === undefined ? {} : { clear: spec.clear }),
    ...(spec.for === undefined
      ? {}
      : { for: 'duration' in spec.for ? { durationMs: spec.for.duration } : spec.for }),
    keepFiringMs: spec.keepFiring,
    ...(spec.lateness === 0 ? {} : { latenessMs: spec.lateness }),
    ...judgedNoData(spec.noData),
    ...(typeof spec.noData === 'object' && spec.noData.severity
      ? { noDataSeverity: spec.noData.severity }
      : {}),
    minCount: spec.minCount,
    severity: spec.severity,
    notify: {
      ...(spec.notify.repeat === undefined ? {} : { repeatMs: [spec.notify.repeat].flat() }),
      ...(spec.notify.max === undefined ? {} : { max: spec.notify.max }),
      ...(spec.notify.group === undefined ? {} : { group: groupOf(spec.notify.group) }),
    },
    ...(spec.runbook === undefined ? {} : { runbook: spec.runbook }),
    ...(spec.paused ? { paused: true } : {}),
  };
}

/** What changes verdicts of it. One window is what `nodata` says by itself: the same rule is the same version. */
const judgedNoData = (
  noData: Spec['noData'],
): Pick<AlertRuleDefinition, 'noData' | 'noDataAfter'> => {
  if (typeof noData === 'string') return { noData };
  return { noData: 'nodata', ...(noData.after === 1 ? {} : { noDataAfter: noData.after }) };
};

/** @returns undefined when it is none, which is reported */
export function windowOf(
  { window }: Pick<Spec, 'window'>,
  { report }: Context,
): WindowSize | undefined {
  const text = typeof window === 'string' ? window : `${window.size}/${window.every}`;
  const size = parseWindowSize(text);
  const path = ['spec', 'window'];
  if (!size) {
    const message = `${text} is no window: ${WINDOW_FORMS}`;
    report(path, { code: 'field_invalid', message });
  } else if (mergesOf(size) > MERGES_MAX)
    report(path, {
      code: 'field_invalid',
      message: `${text} is too fine: an event lies in many windows of many cells, ${mergesOf(size)} in all, of at most ${MERGES_MAX}; take longer steps, or whole hours`,
    });
  return size;
}

/** Cells that one late event may make alerting merge anew: it lies in so many windows of so many cells. */
function mergesOf(size: WindowSize): number {
  if (size.kind !== 'sliding') return 0;
  const cells = size.sizeMs / (grainOf(size) === 'hour' ? HOUR_MS : MINUTE_MS);
  return Math.ceil(size.sizeMs / size.everyMs) * cells;
}
const MERGES_MAX = 100_000;

function checkFor({ for: sustain, evaluate }: Spec, { report }: Context): void {
  if (!sustain || 'duration' in sustain) return;
  const path = ['spec', 'for'];
  if (sustain.breaches > sustain.of)
    report([...path, 'breaches'], {
      code: 'field_invalid',
      message: `${sustain.breaches} of ${sustain.of} windows can never breach`,
    });
  if (evaluate === 'onUpdate')
    report(path, {
      code: 'field_invalid',
      message:
        'breaches are counted in closed windows; with evaluate: onUpdate use for: { duration }',
    });
}

/** The metric's breakdown with these dimensions, in its own order: keys of series follow it. */
export function breakdownFor(
  { by }: Pick<Spec, 'by'>,
  metric: MetricDefinition,
  { report }: Context,
): readonly string[] | undefined {
  const wanted = by.toSorted().join();
  const breakdown = metric.breakdowns.find((one) => one.toSorted().join() === wanted);
  if (!breakdown)
    report(['spec', 'by'], {
      code: 'breakdown_unavailable',
      message: `${metric.id} is kept by ${metric.breakdowns.map((one) => `[${one.join(', ')}]`).join(' ')}, not by [${by.join(', ')}]`,
    });
  return breakdown;
}

function checkWindow(
  window: WindowSize,
  { metric, metrics }: { metric: MetricDefinition; metrics: Metrics },
  { report }: Context,
): void {
  const path = ['spec', 'window'];
  const grain = grainOf(window);
  if (!metric.grains.includes(grain))
    return report(path, {
      code: 'grain_unavailable',
      message: `${metric.id} keeps ${metric.grains.join(', ')}; this window needs ${grain}`,
    });
  const united = inputsOf(metric, metrics).find(({ aggregation }) => keepsMembers(aggregation));
  if (united && window.kind !== 'grain')
    report(path, {
      code: 'grain_unavailable',
      message: `${united.id} ${united.aggregation === 'distinct' ? 'counts distinct members' : 'sums the newest values of entities'}, which no sum of windows gives; use one of ${metric.grains.join(', ')}`,
    });
}

function inputsOf(metric: MetricDefinition, metrics: Metrics): readonly SimpleMetric[] {
  if (metric.kind === 'simple') return [metric];
  return metric.inputs.map((id) => metrics.get(id)).filter((input) => input?.kind === 'simple');
}

function condition(
  field: 'when' | 'clear',
  text: string,
  { metric, context }: { metric: MetricDefinition; context: Context },
): CheckedExpression | undefined {
  const path = ['spec', field];
  const { scale } = metric.unit;
  const checked = checkExpression(text, { path, environment: ruleEnvironment(scale) }, context);
  if (!checked) return undefined;
  if (checked.compiled.type.kind !== 'boolean') {
    context.report(path, {
      code: 'expression_invalid',
      message: `${field} must be a condition, not a ${checked.compiled.type.kind}`,
    });
    return undefined;
  }
  const literal = thresholdOf(checked.expression)?.literal;
  if (!literal || rescaleExact(literal.unscaled, literal.scale, scale) !== undefined)
    return checked;
  context.report(path, {
    code: 'expression_invalid',
    message: `${formatDecimal(literal.unscaled, literal.scale)} has more decimal places than the unit of ${metric.id}, which has ${scale}`,
  });
  return undefined;
}

/** What can be said of conditions without the metric that they are about. @returns undefined */
function checkReadable({ when, clear }: Spec, context: Context): undefined {
  const environment = ruleEnvironment(0);
  checkExpression(when, { path: ['spec', 'when'], environment }, context);
  if (clear !== undefined)
    checkExpression(clear, { path: ['spec', 'clear'], environment }, context);
}

/** Reports what the condition compares with and the window does not have. */
function checkLookBacks(
  field: 'when' | 'clear',
  { checked, window }: { checked: CheckedExpression; window: WindowSize },
  { report }: Context,
): void {
  for (const [name = ''] of checked.compiled.paths) {
    const message = isLookBack(name) ? lookBackFault(name, window) : undefined;
    if (message !== undefined) report(['spec', field], { code: 'expression_invalid', message });
  }
}

/** Reports a comparison with targets that there are not: it would never decide anything. */
function checkTarget(
  field: 'when' | 'clear',
  checked: CheckedExpression,
  { fault, report }: { readonly fault: string | undefined; readonly report: Context['report'] },
): void {
  if (fault !== undefined && readsTarget(checked.compiled))
    report(['spec', field], {
      code: 'expression_invalid',
      message: `${fault}: write a document of kind Target`,
    });
}
