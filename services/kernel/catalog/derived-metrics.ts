import type { DerivedMetric, SimpleMetric } from '../definitions.ts';
import type { FormulaExpression } from '../expression/ast.ts';
import { metricIdOf, namesOf } from '../expression/formula.ts';
import { parseFormula } from '../expression/formula-parser.ts';
import { printExpression } from '../expression/print.ts';
import { additivityOf } from './additivity.ts';
import { calendarField, windowRules } from './calendars.ts';
import type { Calendars } from './calendars.ts';
import { checkReference } from './context.ts';
import type { Context } from './context.ts';
import type { DerivedMetricDocument } from './documents.ts';
import { checkDriverRoles, checkDrivers } from './drivers.ts';
import { unitOf } from './fields.ts';
import {
  checkAdditivity,
  checkDimensionNames,
  checkWords,
  described,
  inheritedNames,
} from './metric-words.ts';
import { checkQualityGrains } from './quality.ts';
import { checkUnits } from './units.ts';
import { versionOf } from './version.ts';

const FORMULA = ['spec', 'formula'];
const EXPANDED_LENGTH_MAX = 2_000;

/** What formulas may read. */
export type FormulaSources = {
  readonly simple: ReadonlyMap<string, SimpleMetric>;
  readonly derived: ReadonlyMap<string, DerivedMetricDocument>;
  readonly calendars: Calendars;
};

/**
 * A derived metric that reads derived ones is expanded until it reads simple ones only, so that whoever computes it meets
 * no order of evaluation and rounds once.
 * @returns undefined when the metric cannot be used; its own faults are reported
 */
export function derivedMetricOf(
  { metadata, spec }: DerivedMetricDocument,
  sources: FormulaSources,
  context: Context,
): DerivedMetric | undefined {
  const { report } = context;
  checkWords(metadata, spec.unit.scale, context);
  checkDrivers(spec.drivers, context);
  const parsed = parseFormula(spec.formula);
  if (!parsed.ok) {
    report(FORMULA, { code: 'expression_invalid', ...parsed.error });
    return undefined;
  }
  checkDriverRoles(spec.drivers, parsed.value, context);
  const read = namesOf(parsed.value);
  if (read.length === 0)
    report(FORMULA, { code: 'expression_invalid', message: 'the formula reads no metric' });
  if (!read.every((name) => isKnown(name, context))) return undefined;
  const expanded = expand(parsed.value, { sources, path: [metadata.id], context });
  const formula = expanded && printExpression(expanded);
  if (!expanded || formula === undefined) return undefined;
  if (formula.length > EXPANDED_LENGTH_MAX) {
    report(FORMULA, { code: 'expression_invalid', message: 'the formula, expanded, is too long' });
    return undefined;
  }
  const ids = [...new Set(namesOf(expanded).map(({ name }) => metricIdOf(name)))];
  const inputs = ids.map((id) => sources.simple.get(id)).filter((input) => input !== undefined);
  if (inputs.length < ids.length || inputs.length === 0) return undefined;
  checkUnits(expanded, sources.simple, context);
  checkAdditivity(
    spec.additivity,
    additivityOf({ kind: 'derived', formula }, (id) => sources.simple.get(id)?.aggregation),
    context,
  );
  const kept = sharedBy(inputs, spec, context);
  const calendar = kept && calendarBy(inputs, spec.calendar, { sources, context });
  if (!calendar) return undefined;
  const shared = { ...kept, ...calendar };
  checkQualityGrains(metadata.quality, shared.grains, context);
  const names = [...new Set(shared.breakdowns.flat())];
  checkDimensionNames(metadata, names, context);
  const words = described(metadata);
  return {
    kind: 'derived',
    id: metadata.id,
    version: versionOf({
      formula,
      inputs: inputs.map(({ id, version }) => [id, version]),
      scale: spec.unit.scale,
      ...kept,
      ...windowRules(calendar),
    }),
    ...words,
    ...inheritedNames(words, { inputs, names }),
    unit: unitOf(spec.unit),
    direction: spec.direction,
    ...(spec.drivers === undefined ? {} : { drivers: spec.drivers }),
    formula,
    inputs: ids,
    ...shared,
  };
}

function isKnown({ name, start }: { name: string; start: number }, context: Context): boolean {
  const id = metricIdOf(name);
  const { report } = context;
  return checkReference(
    { kind: 'Metric', id, path: FORMULA },
    { ...context, report: (path, fault) => report(path, { ...fault, offset: start }) },
  );
}

type Expansion = {
  readonly sources: FormulaSources;
  /** Ids on the way here, to find cycles. */
  readonly path: readonly string[];
  readonly context: Context;
};

/** Puts the formulas of derived inputs in their place. @returns undefined on a cycle, or when an input has faults of its own */
function expand(expression: FormulaExpression, at: Expansion): FormulaExpression | undefined {
  switch (expression.kind) {
    case 'unary': {
      const operand = expand(expression.operand, at);
      return operand && { ...expression, operand };
    }
    case 'binary': {
      const left = expand(expression.left, at);
      const right = left && expand(expression.right, at);
      return left && right && { ...expression, left, right };
    }
    case 'name': {
      const id = metricIdOf(expression.name);
      if (at.sources.simple.has(id)) return expression;
      const inner = at.sources.derived.get(id);
      if (!inner) return undefined;
      if (at.path.includes(id)) {
        const cycle = [...at.path.slice(at.path.indexOf(id)), id].join(' → ');
        at.context.report(FORMULA, {
          code: 'definition_cycle',
          message: `it reads itself: ${cycle}`,
        });
        return undefined;
      }
      const parsed = parseFormula(inner.spec.formula);
      return parsed.ok ? expand(parsed.value, { ...at, path: [...at.path, id] }) : undefined;
    }
    case 'number':
      return expression;
  }
}

type Shared = Pick<DerivedMetric, 'breakdowns' | 'grains' | 'timezone'>;

/** Windows and breakdowns that all inputs have; those that the document asks for must be among them. */
function sharedBy(
  inputs: readonly SimpleMetric[],
  spec: DerivedMetricDocument['spec'],
  { report }: Context,
): Shared | undefined {
  const [first] = inputs as readonly [SimpleMetric, ...SimpleMetric[]];
  const other = inputs.find(({ timezone }) => timezone !== first.timezone);
  if (other) {
    report(FORMULA, {
      code: 'field_invalid',
      message: `days differ: ${first.id} is kept in ${first.timezone}, ${other.id} in ${other.timezone}`,
    });
    return undefined;
  }
  const has = (input: SimpleMetric, breakdown: readonly string[]): boolean =>
    input.breakdowns.some((one) => one.join() === breakdown.join());
  const breakdowns = first.breakdowns.filter((one) => inputs.every((input) => has(input, one)));
  const grains = first.grains.filter((one) => inputs.every((input) => input.grains.includes(one)));
  const named = inputs.map(({ id }) => id).join(', ');
  if (breakdowns.length === 0)
    report(FORMULA, {
      code: 'breakdown_unavailable',
      message: `${named} share no breakdown (names in the same order)`,
    });
  if (grains.length === 0)
    report(FORMULA, { code: 'grain_unavailable', message: `${named} share no grain` });
  const lacking = (spec.breakdowns ?? []).findIndex(
    (one) => !breakdowns.some((b) => b.join() === one.join()),
  );
  if (lacking >= 0)
    report(['spec', 'breakdowns', lacking], {
      code: 'breakdown_unavailable',
      message: `not all of ${named} are kept by [${spec.breakdowns?.[lacking]?.join(', ')}]`,
    });
  const missing = (spec.grains ?? []).findIndex((one) => !grains.includes(one));
  if (missing >= 0)
    report(['spec', 'grains', missing], {
      code: 'grain_unavailable',
      message: `not all of ${named} keep the grain ${spec.grains?.[missing]}`,
    });
  if (breakdowns.length === 0 || grains.length === 0 || lacking >= 0 || missing >= 0)
    return undefined;
  return {
    breakdowns: spec.breakdowns ?? breakdowns,
    grains: spec.grains ?? grains,
    timezone: first.timezone,
  };
}

/** The calendar that the document names, else that of all inputs. Their cells are days, which are in every calendar. */
function calendarBy(
  inputs: readonly SimpleMetric[],
  named: string | undefined,
  { sources, context }: { readonly sources: FormulaSources; readonly context: Context },
): Pick<DerivedMetric, 'calendar'> | undefined {
  if (named !== undefined) return calendarField(named, sources.calendars, context);
  const [first] = inputs as readonly [SimpleMetric, ...SimpleMetric[]];
  const other = inputs.find(({ calendar }) => calendar?.id !== first.calendar?.id);
  const nameOf = ({ calendar }: SimpleMetric): string => calendar?.id ?? 'gregorian';
  if (!other) return first.calendar ? { calendar: first.calendar } : {};
  context.report(FORMULA, {
    code: 'field_invalid',
    message: `years differ: ${first.id} is of the calendar ${nameOf(first)}, ${other.id} of ${nameOf(other)}; say in spec.calendar of which this is`,
  });
  return undefined;
}
