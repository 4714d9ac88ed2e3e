import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Json } from '../../../services/kernel/json.ts';
import type { EventTypeDefinition, SimpleMetric } from '../../../services/kernel/definitions.ts';
import { checkCatalogFolder, formatFault } from '../../../services/platform/catalog/files.ts';
import type { OracleMetric, OracleRules } from '../../support/oracle.ts';
import { EVERY_AGGREGATION, ORDERS } from '../../support/order-events.ts';

/** A published metric beside what the oracle makes of it. */
export type Pair = { readonly metric: SimpleMetric; readonly oracle: OracleMetric };
export type OrdersCatalog = {
  readonly folder: string;
  readonly documents: readonly Json[];
  readonly type: EventTypeDefinition;
  readonly rules: OracleRules;
  readonly pairs: readonly Pair[];
};

const OWNER = 'team:sales';
const METRICS = ['amount-sum', 'amount-max', 'orders-count', 'stores-distinct'];
const DURATIONS = { lateness: 'PT1H', minute: 'P7D', hour: 'P400D', day: 'P3650D' };

/**
 * Writes the definitions of `order-events.ts` as the files of an installation: services in processes of their own read
 * them from the topic, as those of a user do.
 * @param directory gets `catalog` and `schemas`   @param ids of the metrics among EVERY_AGGREGATION
 * @param others documents besides, such as rules and receivers
 */
export async function ordersCatalog(
  directory: string,
  ids: readonly string[] = METRICS,
  others: readonly object[] = [],
): Promise<OrdersCatalog> {
  const folder = join(directory, 'catalog');
  for (const part of [folder, join(directory, 'schemas')]) mkdirSync(part, { recursive: true });
  writeFileSync(join(directory, 'schemas', 'order.avsc'), JSON.stringify(ORDERS.schema));
  const chosen = EVERY_AGGREGATION.filter(({ metric }) => ids.includes(metric.id));
  const documents = [
    document('Person', { id: 'anna' }, {}),
    document('Team', { id: 'sales' }, { members: ['person:anna'] }),
    document('EventType', { id: ORDERS.id }, { schema: 'schemas/order.avsc' }),
    ...chosen.map(({ metric }) => metricDocument(metric)),
    ...others,
  ];
  // JSON is YAML.
  writeFileSync(
    join(folder, 'all.yaml'),
    documents.map((one) => JSON.stringify(one)).join('\n---\n'),
  );
  const checked = await checkCatalogFolder(folder);
  if (checked.faults.length > 0)
    throw new Error(checked.faults.map((fault) => formatFault(fault, folder)).join('\n'));
  const type = checked.catalog.eventTypes.get(ORDERS.id) as EventTypeDefinition;
  const { outOfOrdernessMs, duplicateHorizonMs, maxFutureMs } = type;
  return {
    folder,
    documents: checked.documents,
    type,
    rules: { outOfOrdernessMs, duplicateHorizonMs, maxFutureMs },
    pairs: chosen.map(({ metric, oracle }) => ({
      metric: checked.catalog.metrics.get(metric.id) as SimpleMetric,
      oracle,
    })),
  };
}

/** One document of the catalogue. */
export const document = (kind: string, metadata: object, spec: object): object => ({
  apiVersion: 'tidemark/v1',
  kind,
  metadata,
  spec,
});

function metricDocument(metric: SimpleMetric): object {
  const { id, name, unit, direction, event, where, value, aggregation } = metric;
  const { dimensions, breakdowns, grains, timezone } = metric;
  const { lateness, ...retention } = DURATIONS;
  const kept = grains.map((grain) => [grain, retention[grain as 'minute' | 'hour' | 'day']]);
  return document(
    'Metric',
    { id, name, owner: OWNER },
    {
      type: 'simple',
      event,
      aggregation,
      unit,
      direction,
      dimensions,
      breakdowns,
      grains,
      timezone,
      ...(where === undefined ? {} : { where }),
      ...(aggregation === 'count' ? {} : { value }),
      lateness,
      retention: Object.fromEntries(kept),
    },
  );
}
