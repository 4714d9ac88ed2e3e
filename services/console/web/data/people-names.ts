import type { DocumentsAnswer } from '../../core/catalog/answers.ts';
import { localized } from '../i18n/text.ts';
import { getAll } from './api.ts';
import { shown, useResource } from './resource.ts';
import { useCatalogChanges } from './use-told.ts';

/** Names of people and teams, by their references. */
export function usePeopleNames(): ReadonlyMap<string, string> {
  const { resource, reload } = useResource('names of people', async (signal) => {
    const pages = await Promise.all(
      (['Person', 'Team'] as const).map((kind) =>
        getAll<DocumentsAnswer>(`/v1/catalog/documents?kind=${kind}&limit=500`, signal),
      ),
    );
    return pages.flat().flatMap(({ items }) => items);
  });
  useCatalogChanges(['Person', 'Team'], reload);
  return new Map(
    (shown(resource) ?? []).flatMap(({ kind, id, name }) =>
      name?.en === undefined
        ? []
        : [[`${kind.toLowerCase()}:${id}`, localized({ en: name.en, zh: name.zh })] as const],
    ),
  );
}
