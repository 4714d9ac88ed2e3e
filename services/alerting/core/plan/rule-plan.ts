import { formatDecimal } from '../../../kernel/decimal.ts';
import type {
  AlertRuleDefinition,
  Catalog,
  MetricDefinition,
} from '../../../kernel/definitions.ts';
import type { Expression } from '../../../kernel/expression/ast.ts';
import { compileExpression } from '../../../kernel/expression/compile.ts';
import { ruleEnvironment } from '../../../kernel/expression/environment.ts';
import { thresholdOf } from '../../../kernel/expression/threshold.ts';
import {
  cellsSpanned,
  isLookBack,
  LOOK_BACK_CELLS_MAX,
  lookBackWindows,
  reachMs,
} from '../../../kernel/look-back.ts';
import type { LookBack } from '../../../kernel/look-back.ts';
import type {
  Compiled,
  CompilePattern,
  ParseExpression,
} from '../../../kernel/expression/types.ts';
import { keepsMembers } from '../../../kernel/projection.ts';
import { err, ok } from '../../../kernel/result.ts';
import type { Result } from '../../../kernel/result.ts';
import { readsTarget, targetFault, targetsOf } from '../../../kernel/target.ts';
import { usualGrain } from '../../../kernel/window-merge.ts';
import { calendarOf } from '../../../kernel/window.ts';
import type { Window } from '../../../kernel/window.ts';
import { DRIVER_SHARE_DEFAULT } from '../alert/drivers.ts';
import { heldUntil, subscribersOf } from '../people/hearers.ts';
import { incidentOf } from '../alert/incident.ts';
import { memoryKey, metricKey } from './plan.ts';
import type { ConditionValues, RulePlan } from './plan.ts';
import { refName } from '../people/ref-name.ts';
import { addressed, stepRouteOf } from '../people/recipients.ts';
import { routeOf } from '../people/responsibility.ts';
import { formulaValueOf, leavesOf } from '../values/formula-value.ts';

/** How expressions are read; lives in platform, since it needs packages. */
export type Language = {
  readonly parse: ParseExpression;
  readonly compilePattern: CompilePattern;
};

/** Makes a rule ready. Err says why it cannot be judged: the rule's health, never its alerts' condition. */
export function planRule(
  rule: AlertRuleDefinition,
  catalog: Catalog,
  language: Language,
): Result<RulePlan, string> {
  const metric = catalog.metrics.get(rule.metric);
  if (!metric) return err(`the metric ${rule.metric} is not published`);
  const when = compile(rule.when, metric, language);
  if (!when.ok) return err(`when: ${when.error}`);
  const clear = rule.clear === undefined ? undefined : compile(rule.clear, metric, language);
  if (clear && !clear.ok) return err(`clear: ${clear.error}`);
  const calendar = calendarOf(metric);
  const grain = usualGrain(rule.window, metric.grains, calendar);
  if (!grain) return err(`the metric keeps no cells that tile the rule's window`);
  const isSingleCell = rule.window.kind === 'grain' && rule.window.grain === grain;
  const leaves = leavesOf(metric, catalog);
  if (!isSingleCell && leaves.some(({ aggregation }) => keepsMembers(aggregation)))
    return err(`windows of several cells cannot be judged where members are united`);
  const formulaValue = metric.kind === 'derived' ? formulaValueOf(metric, catalog) : undefined;
  if (metric.kind === 'derived' && !formulaValue)
    return err(`not all inputs of ${metric.id} are published`);
  const conditions = [when.value, ...(clear ? [clear.value] : [])];
  const lookBacks = lookBacksOf(conditions);
  if (cellsSpanned(grain, reachMs(lookBacks, metric.calendar)) > LOOK_BACK_CELLS_MAX)
    return err(`${lookBacks.join(', ')} of cells of a ${grain} reach back too far`);
  const usesTarget = conditions.some(({ compiled }) => readsTarget(compiled));
  const noTarget = usesTarget ? targetFault(catalog, metric, rule) : undefined;
  if (noTarget !== undefined) return err(noTarget);
  const threshold = thresholdOf(when.value.expression);
  const sources = [...new Set(eventTypesOf(metric, catalog))];
  return ok({
    rule,
    metric,
    calendar,
    grain,
    memory: memoryKey(metricKey(metric.id, metric.version), grain),
    sizeKey: JSON.stringify(rule.window),
    isSingleCell,
    formulaValue,
    latenessMs: latenessOf(metric, catalog),
    sources,
    delayMs: Math.max(0, ...sources.map((id) => catalog.eventTypes.get(id)?.outOfOrdernessMs ?? 0)),
    driverShare: catalog.settings.driverShare ?? DRIVER_SHARE_DEFAULT,
    judge: judgeOf(when.value.compiled, clear?.value.compiled),
    lookBacks,
    lookBackWindows: windowsOnce(lookBacks, { calendar, size: rule.window }),
    targetOf: usesTarget ? targetsOf(catalog, metric, rule) : undefined,
    threshold: threshold
      ? {
          text: formatDecimal(threshold.literal.unscaled, threshold.literal.scale),
          breachIs: threshold.operator.startsWith('<') ? 'below' : 'above',
        }
      : null,
    routeOf: (labels, atMs, toldMs = atMs) =>
      addressed(catalog, routeOf(catalog, metric, { labels, atMs, toldMs }), {
        metric,
        labels,
        atMs,
        toldMs,
      }),
    stepRouteOf: (to, toldMs) => stepRouteOf(catalog, metric, { to, toldMs }),
    subscribersOf: (labels, toldMs, severity = rule.severity) =>
      subscribersOf(catalog, { metric: metric.id, rule: rule.id, labels, severity }, toldMs),
    nameOf: (ref) => refName(catalog, ref),
    incidentOf: incidentOf(catalog, { rule, metric }),
    heldUntil: (to, toldMs, severity = rule.severity) =>
      heldUntil(catalog, { to, severity }, toldMs),
  });
}

type Condition = { readonly expression: Expression; readonly compiled: Compiled };

function compile(
  text: string,
  metric: MetricDefinition,
  language: Language,
): Result<Condition, string> {
  const parsed = language.parse(text);
  if (!parsed.ok) return err(parsed.error.message);
  const { compilePattern } = language;
  const environment = { ...ruleEnvironment(metric.unit.scale), compilePattern };
  const compiled = compileExpression(parsed.value, environment);
  if (!compiled.ok) return err(compiled.error.message);
  if (compiled.value.type.kind !== 'boolean') return err('the condition is not true or false');
  return ok({ expression: parsed.value, compiled: compiled.value });
}

const lookBacksOf = (conditions: readonly Condition[]) => [
  ...new Set(
    conditions
      .flatMap(({ compiled }) => compiled.paths.map(([name = '']) => name))
      .filter(isLookBack),
  ),
];

/** Windows whose look-backs are at hand: a step is judged for every series in turn. */
const STEPS_AT_HAND = 16;

/** Works out the windows of a step once: calendar arithmetic in a zone takes longer than all else of a check. */
function windowsOnce(
  names: readonly LookBack[],
  of: Omit<Parameters<typeof lookBackWindows>[1], 'stepMs'>,
): RulePlan['lookBackWindows'] {
  const known = new Map<number, ReadonlyMap<LookBack, readonly Window[]>>();
  return (stepMs) => {
    const found = known.get(stepMs);
    if (found) return found;
    const windows = new Map(names.map((name) => [name, lookBackWindows(name, { ...of, stepMs })]));
    if (known.size >= STEPS_AT_HAND) known.clear();
    known.set(stepMs, windows);
    return windows;
  };
}

/** Without `clear`, what is no breach is clear; with it, what is neither lies in the band. Null decides nothing. */
function judgeOf(when: Compiled, clear: Compiled | undefined): RulePlan['judge'] {
  return (values: ConditionValues) => {
    const breach = when.evaluate(values);
    if (breach === true) return 'breach';
    if (breach !== false) return 'inconclusive';
    if (!clear) return 'clear';
    return clear.evaluate(values) === true ? 'clear' : 'in_band';
  };
}

function eventTypesOf(metric: MetricDefinition, catalog: Catalog, depth = 0): readonly string[] {
  if (metric.kind === 'simple') return [metric.event];
  if (depth > catalog.metrics.size) return [];
  const inputs = metric.inputs.flatMap((id) => catalog.metrics.get(id) ?? []);
  return inputs.flatMap((input) => eventTypesOf(input, catalog, depth + 1));
}

/** A derived metric's window may change as long as any of its inputs' may. */
function latenessOf(metric: MetricDefinition, catalog: Catalog, depth = 0): number {
  if (metric.kind === 'simple') return metric.latenessMs;
  if (depth > catalog.metrics.size) return 0;
  const inputs = metric.inputs.flatMap((id) => catalog.metrics.get(id) ?? []);
  return Math.max(0, ...inputs.map((input) => latenessOf(input, catalog, depth + 1)));
}
