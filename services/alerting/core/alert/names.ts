import type { LocalizedText, MetricDefinition } from '../../../kernel/definitions.ts';
import { isOwnerRef } from '../../../kernel/owner.ts';
import type { Recipient, RulePlan } from '../plan/plan.ts';

/**
 * What the reader calls the ids of a message, in the reader's language as it was decided: later changes of the catalogue
 * change no message. What has no name there is left out.
 */
export type Names = {
  readonly rule?: string;
  readonly unit?: string;
  readonly dimensions: Readonly<Record<string, string>>;
  /** By `person:ID`, `team:ID`, `metric:ID` (drivers), `source:ID` (event types), of a test `receiver:ID`. */
  readonly refs: Readonly<Record<string, string>>;
};
type Naming = Pick<RulePlan, 'nameOf'> & {
  readonly rule: { readonly name: LocalizedText } | undefined;
  readonly metric: Pick<MetricDefinition, 'dimensionNames' | 'unit'> | undefined;
};

/** Numbers of these stand alone, whatever they are called. */
const BARE_UNITS: ReadonlySet<string> = new Set(['ratio', '1', 'count']);

/** @param data of the message: everybody who is named in it has his name   @param more further references */
export function namesFor(
  data: { readonly labels: Readonly<Record<string, string>>; readonly [member: string]: unknown },
  { rule, metric, nameOf }: Naming,
  {
    locale,
    more = [],
  }: { readonly locale: Recipient['locale']; readonly more?: readonly string[] },
): Names {
  const said = (name: LocalizedText | null | undefined): string | undefined =>
    name ? (name[locale] ?? name.en) : undefined;
  const named = (keys: Iterable<string>, of: (key: string) => string | undefined) =>
    Object.fromEntries(
      [...keys].flatMap((key) => {
        const name = of(key);
        return name === undefined ? [] : [[key, name] as const];
      }),
    );
  const { unit, dimensionNames } = metric ?? {};
  const unitName = unit && !BARE_UNITS.has(unit.code) ? said(unit.name) : undefined;
  const ruleName = said(rule?.name);
  return {
    ...(ruleName === undefined ? {} : { rule: ruleName }),
    ...(unitName === undefined ? {} : { unit: unitName }),
    dimensions: named(Object.keys(data.labels), (name) => said(dimensionNames?.[name])),
    refs: named(new Set([...ownersIn(data), ...more]), (ref) => said(nameOf(ref))),
  };
}

/** Every reference to a person or a team, wherever it stands. */
function ownersIn(value: unknown): readonly string[] {
  if (isOwnerRef(value)) return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(ownersIn) : [];
}
