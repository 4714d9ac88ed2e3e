import type { Catalog } from '../../../kernel/definitions.ts';
import { seriesName } from './names.ts';
import { TARGET_HELP, TARGET_NAME } from './targets.ts';

/** `data` of `metadata`: every metric is a gauge, whose value stands for a window, and so are targets. */
export function metadataData(
  { metrics, targets }: Catalog,
  asked: { readonly metric: string | null; readonly limit: number },
): object {
  const chosen = [...metrics.values()]
    .filter(({ id }) => asked.metric === null || seriesName(id) === asked.metric)
    .sort((a, b) => (a.id < b.id ? -1 : 1))
    .slice(0, asked.limit);
  const named = asked.metric === null || asked.metric === TARGET_NAME;
  const hasTargets = named && chosen.length < asked.limit && (targets?.size ?? 0) > 0;
  return Object.fromEntries([
    ...chosen.map(({ id, name, purpose, unit }) => [
      seriesName(id),
      [
        {
          type: 'gauge',
          help: purpose === undefined ? name.en : `${name.en}: ${purpose.en}`,
          unit: unit.code,
        },
      ],
    ]),
    ...(hasTargets ? [[TARGET_NAME, [{ type: 'gauge', help: TARGET_HELP, unit: '' }]]] : []),
  ]);
}
