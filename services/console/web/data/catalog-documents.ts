import type { DocumentItem, DocumentsAnswer } from '../../core/catalog/answers.ts';
import { getAll } from './api.ts';
import { useResource } from './resource.ts';
import type { Resource } from './resource.ts';
import { useCatalogChanges } from './use-told.ts';

/** Every definition of the catalogue, drafts and retired ones among them. */
export function useDocuments(): {
  readonly resource: Resource<readonly DocumentItem[]>;
  readonly reload: () => void;
} {
  const documents = useResource('catalog', async (signal) => {
    const pages = await getAll<DocumentsAnswer>('/v1/catalog/documents?limit=500', signal);
    return pages.flatMap(({ items }) => items);
  });
  useCatalogChanges(undefined, documents.reload);
  return documents;
}
