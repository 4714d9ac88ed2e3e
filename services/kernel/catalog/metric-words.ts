import type { SimpleMetric } from '../definitions.ts';
import { checkOwner } from './context.ts';
import type { Context } from './context.ts';
import type { SimpleMetricDocument } from './documents.ts';
import { textOf } from './fields.ts';
import type { Additivity } from './metric-fields.ts';
import { checkQuality, qualityRuleOf } from './quality.ts';

type Metadata = SimpleMetricDocument['metadata'];

const FURTHER = [
  'code',
  'aliases',
  'department',
  'source',
  'steward',
  'deputy',
  'objective',
  'reviewBy',
] as const;
type Further = Pick<
  SimpleMetric,
  (typeof FURTHER)[number] | 'definition' | 'dimensionNames' | 'quality'
>;

/** Only what is said. */
function furtherWords(metadata: Metadata): Further {
  const { definition, dimensionNames } = metadata;
  const said = FURTHER.filter((name) => metadata[name] !== undefined);
  return {
    ...(definition === undefined ? {} : { definition: textOf(definition) }),
    ...(dimensionNames === undefined
      ? {}
      : {
          dimensionNames: Object.fromEntries(
            Object.entries(dimensionNames).map(([name, text]) => [name, textOf(text)]),
          ),
        }),
    ...Object.fromEntries(said.map((name) => [name, metadata[name]])),
    ...(metadata.quality === undefined ? {} : { quality: metadata.quality.map(qualityRuleOf) }),
  };
}

/** Of every metric: the people that it names are there, and its quality rules are conditions. */
export function checkWords(metadata: Metadata, unitScale: number, context: Context): void {
  for (const role of ['owner', 'steward', 'deputy'] as const)
    checkOwner(metadata[role], ['metadata', role], context);
  checkQuality(metadata.quality, unitScale, context);
}

/** Only what is a dimension has a name as such. @param names of the metric's dimensions */
export function checkDimensionNames(
  { dimensionNames = {} }: Metadata,
  names: readonly string[],
  { report }: Context,
): void {
  for (const name of Object.keys(dimensionNames))
    if (!names.includes(name))
      report(['metadata', 'dimensionNames', name], {
        code: 'reference_unknown',
        isName: true,
        message: `${name} is no dimension of this metric; there are ${names.join(', ') || 'none'}`,
      });
}

/** Those of the inputs, where they say different ones that of the first, and its own above all. */
export function inheritedNames(
  { dimensionNames = {} }: ReturnType<typeof described>,
  {
    inputs,
    names,
  }: { readonly inputs: readonly SimpleMetric[]; readonly names: readonly string[] },
): Pick<SimpleMetric, 'dimensionNames'> {
  const all = [dimensionNames, ...inputs.map((input) => input.dimensionNames ?? {})];
  const found = names.flatMap((name) => {
    const text = all.find((one) => one[name] !== undefined)?.[name];
    return text === undefined ? [] : [[name, text] as const];
  });
  return found.length === 0 ? {} : { dimensionNames: Object.fromEntries(found) };
}

/** What is said of adding up must be what follows from the rest. */
export function checkAdditivity(
  said: Additivity | undefined,
  found: Additivity,
  { report }: Context,
): void {
  if (said === undefined || said === found) return;
  report(['spec', 'additivity'], {
    code: 'field_invalid',
    message: `is not ${said}: by its aggregation or formula the metric is ${found}`,
  });
}

/** What a definition keeps of the words about a metric. */
export const described = (metadata: Metadata) => ({
  name: textOf(metadata.name),
  ...(metadata.purpose === undefined ? {} : { purpose: textOf(metadata.purpose) }),
  ...(metadata.domain === undefined ? {} : { domain: metadata.domain }),
  ...(metadata.process === undefined ? {} : { process: metadata.process }),
  ...furtherWords(metadata),
  owner: metadata.owner,
  tags: metadata.tags,
});
