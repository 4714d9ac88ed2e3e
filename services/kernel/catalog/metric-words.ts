import type { SimpleMetric } from '../definitions.ts';
import { checkOwner } from './context.ts';
import type { Context } from './context.ts';
import type { SimpleMetricDocument } from './documents.ts';
import { textOf } from './fields.ts';
import type { Additivity } from './metric-fields.ts';
import { checkQuality, qualityRuleOf } from './quality.ts';

type Metadata = SimpleMetricDocument['metadata'];

const FURTHER = [
  'aliases',
  'department',
  'source',
  'steward',
  'deputy',
  'objective',
  'reviewBy',
] as const;
type Further = Pick<SimpleMetric, (typeof FURTHER)[number] | 'definition' | 'quality'>;

/** Only what is said. */
function furtherWords(metadata: Metadata): Further {
  const said = FURTHER.filter((name) => metadata[name] !== undefined);
  return {
    ...(metadata.definition === undefined ? {} : { definition: textOf(metadata.definition) }),
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
