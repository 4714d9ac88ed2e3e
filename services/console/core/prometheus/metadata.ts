import type { Catalog } from '../../../kernel/definitions.ts';
import { seriesName } from './names.ts';

/** `data` of `metadata`: every metric is a gauge, whose value stands for a window. */
export function metadataData(
  { metrics }: Catalog,
  asked: { readonly metric: string | null; readonly limit: number },
): object {
  const chosen = [...metrics.values()]
    .filter(({ id }) => asked.metric === null || seriesName(id) === asked.metric)
    .sort((a, b) => (a.id < b.id ? -1 : 1))
    .slice(0, asked.limit);
  return Object.fromEntries(
    chosen.map(({ id, name, purpose, unit }) => [
      seriesName(id),
      [
        {
          type: 'gauge',
          help: purpose === undefined ? name.en : `${name.en}: ${purpose.en}`,
          unit: unit.code,
        },
      ],
    ]),
  );
}
