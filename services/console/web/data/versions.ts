import type { HistoryAnswer } from '../../core/catalog/answers.ts';
import { ApiError, get } from './api.ts';
import { documentPath } from './catalog.ts';
import { shown, useResource } from './resource.ts';
import { useCatalogChanges } from './use-told.ts';

/** When a definition that computes other values was published, and by whom. */
export type VersionMark = HistoryAnswer['items'][number] & {
  readonly version: string;
  readonly atMs: number;
};

/**
 * The versions that were published in the range, in order. What changes words only keeps its version, and is none; one
 * that is published again after it was retired is.
 * @param items newest first, as they are answered
 */
export function versionsIn(
  items: HistoryAnswer['items'],
  { fromMs, toMs }: { readonly fromMs: number; readonly toMs: number },
): readonly VersionMark[] {
  let before: string | null = null;
  const marks: VersionMark[] = [];
  for (const item of items.toReversed()) {
    const version = item.state === 'published' ? item.version : null;
    const atMs = Date.parse(item.at);
    if (version !== null && version !== before && atMs >= fromMs && atMs < toMs)
      marks.push({ ...item, version, atMs });
    before = version;
  }
  return marks;
}

/** All that was published of a metric, and again when something is. A chart without it is a chart still. */
export function useHistory(metric: string): HistoryAnswer['items'] {
  const { resource, reload } = useResource(`published of ${metric}`, async (signal) => {
    const path = `${documentPath('Metric', metric)}/history`;
    return get<HistoryAnswer>(path, signal).catch((error: unknown) => {
      // Of what never was a document there is none.
      if (error instanceof ApiError && error.status === 404) return NOTHING;
      throw error;
    });
  });
  useCatalogChanges(['Metric'], reload);
  return (shown(resource) ?? NOTHING).items;
}
const NOTHING: HistoryAnswer = { items: [] };
