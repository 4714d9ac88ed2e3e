import type { DocumentItem, DocumentsAnswer } from '../../core/catalog/answers.ts';
import { localized } from '../i18n/text.ts';
import { getAll } from './api.ts';
import { useDocuments } from './catalog-documents.ts';
import { shown, useResource } from './resource.ts';
import { useCatalogChanges } from './use-told.ts';

/** Names by `KIND/ID`; of people and teams by their references instead. */
export type Names = ReadonlyMap<string, string>;

export const namesOf = (items: readonly Pick<DocumentItem, 'kind' | 'id' | 'name'>[]): Names =>
  new Map(
    items.flatMap(({ kind, id, name }) => {
      const isOwner = kind === 'Person' || kind === 'Team';
      const key = isOwner ? `${kind.toLowerCase()}:${id}` : `${kind}/${id}`;
      return name.en === undefined ? [] : [[key, localized({ en: name.en, zh: name.zh })] as const];
    }),
  );

/** Of everything in the catalogue. */
export const useDocumentNames = (): Names => namesOf(shown(useDocuments().resource) ?? []);

/** Of people and teams. */
export function usePeopleNames(): Names {
  const { resource, reload } = useResource('names of people', async (signal) => {
    const pages = await Promise.all(
      (['Person', 'Team'] as const).map((kind) =>
        getAll<DocumentsAnswer>(`/v1/catalog/documents?kind=${kind}&limit=500`, signal),
      ),
    );
    return pages.flat().flatMap(({ items }) => items);
  });
  useCatalogChanges(['Person', 'Team'], reload);
  return namesOf(shown(resource) ?? []);
}
