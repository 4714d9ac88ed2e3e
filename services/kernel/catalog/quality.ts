import type { Catalog, MetricDefinition } from '../definitions.ts';
import { compileExpression } from '../expression/compile.ts';
import { ruleEnvironment } from '../expression/environment.ts';
import type { Compiled } from '../expression/types.ts';
import type { QualityRule } from '../metric-words.ts';
import { err, ok } from '../result.ts';
import type { Result } from '../result.ts';
import { MINUTE_MS } from '../time.ts';
import { GRAINS } from '../window.ts';
import type { Grain } from '../window.ts';
import { checkExpression } from './context.ts';
import type { CatalogTools, Context } from './context.ts';
import type { SimpleMetricDocument } from './documents.ts';
import type { DocumentPath } from './fault.ts';

/** Rules of quality: what of them is checked when a metric is defined, and which of them nobody can judge. */

type Written = NonNullable<SimpleMetricDocument['metadata']['quality']>[number];
export type Language = Pick<CatalogTools, 'parse' | 'compilePattern'>;

/** How long after its end a window may take until it is judged as it stands. */
export const WITHIN_MS = 15 * MINUTE_MS;

/** As definitions have it: durations in ms, nothing that is not said. */
export const qualityRuleOf = ({
  id,
  expect,
  grain,
  within,
  maxAge,
  reason,
}: Written): QualityRule => ({
  id,
  ...(expect === undefined ? {} : { expect }),
  ...(grain === undefined ? {} : { grain }),
  ...(within === undefined ? {} : { withinMs: within }),
  ...(maxAge === undefined ? {} : { maxAgeMs: maxAge }),
  ...(reason === undefined ? {} : { reason }),
});

const at = (index: number, field?: keyof Written): DocumentPath => [
  'metadata',
  'quality',
  index,
  ...(field === undefined ? [] : [field]),
];

/** Each rule is one condition or one age, and has its own id. */
export function checkQuality(
  rules: readonly Written[] | undefined,
  unitScale: number,
  context: Context,
): void {
  const { report } = context;
  const seen = new Set<string>();
  for (const [i, { id, expect, grain, within, maxAge }] of (rules ?? []).entries()) {
    if (seen.has(id)) report(at(i, 'id'), invalid(`another rule of the metric is called ${id}`));
    seen.add(id);
    if ((expect === undefined) === (maxAge === undefined))
      report(at(i), invalid('a rule of quality has either expect or maxAge'));
    if (maxAge !== undefined && (grain !== undefined || within !== undefined))
      report(
        at(i, grain === undefined ? 'within' : 'grain'),
        invalid('an age is judged of no window: grain and within go with expect'),
      );
    if (expect !== undefined) checkExpect(expect, { path: at(i, 'expect'), unitScale }, context);
  }
}

const invalid = (message: string) => ({ code: 'field_invalid', message }) as const;

function checkExpect(
  expect: string,
  { path, unitScale }: { readonly path: DocumentPath; readonly unitScale: number },
  context: Context,
): void {
  const environment = ruleEnvironment(unitScale);
  const checked = checkExpression(expect, { path, environment }, context);
  if (checked && checked.compiled.type.kind !== 'boolean')
    context.report(path, { code: 'expression_invalid', message: 'must be a condition' });
}

/** Windows are judged of grains that the metric keeps. @param grains of the finished definition */
export function checkQualityGrains(
  rules: readonly Written[] | undefined,
  grains: readonly Grain[],
  { report }: Pick<Context, 'report'>,
): void {
  for (const [i, { grain }] of (rules ?? []).entries())
    if (grain !== undefined && !grains.includes(grain))
      report(at(i, 'grain'), invalid(`the metric keeps no ${grain}s, but ${grains.join(', ')}`));
}

export const grainJudged = ({ grain }: QualityRule, { grains }: MetricDefinition): Grain =>
  grain ?? GRAINS.findLast((one) => grains.includes(one)) ?? 'day';

const SEEN = new Set(['value', 'count', 'completeness']);

/**
 * The condition of a rule, ready to be judged.
 * @returns err: why it cannot be, of a rule that was published before that was looked at, or of what only alert rules see
 */
export function compileExpect(
  expect: string,
  metric: MetricDefinition,
  { parse, compilePattern }: Language,
): Result<Compiled, string> {
  if (!metric.breakdowns.some((one) => one.length === 0))
    return err('rules of quality are judged on the total, which the metric does not keep');
  const parsed = parse(expect);
  if (!parsed.ok) return err(parsed.error.message);
  const environment = { ...ruleEnvironment(metric.unit.scale), compilePattern };
  const compiled = compileExpression(parsed.value, environment);
  if (!compiled.ok) return err(compiled.error.message);
  const unseen = compiled.value.paths.map(([name = '']) => name).find((name) => !SEEN.has(name));
  if (unseen === undefined) return ok(compiled.value);
  return err(`it reads ${unseen}, which only an AlertRule knows: here are ${[...SEEN].join(', ')}`);
}

export type QualityRemark = {
  readonly metric: string;
  readonly rule: string;
  readonly path: DocumentPath;
  readonly message: string;
};

/** Sound rules that nobody can judge, for whoever checks a catalogue. */
export const unjudgedRules = (
  { metrics }: Pick<Catalog, 'metrics'>,
  language: Language,
): readonly QualityRemark[] =>
  [...metrics.values()].flatMap((metric) =>
    (metric.quality ?? []).flatMap(({ id, expect }, i) => {
      const compiled = expect === undefined ? undefined : compileExpect(expect, metric, language);
      if (!compiled || compiled.ok) return [];
      return [{ metric: metric.id, rule: id, path: at(i, 'expect'), message: compiled.error }];
    }),
  );
