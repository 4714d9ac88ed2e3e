import type { FastifyInstance } from 'fastify';
import { openCatalogWriter } from '../../platform/catalog/writer.ts';
import type { Platform } from '../../platform/platform.ts';
import { createDocumentDesk, OWED_AFTER_MS } from '../catalog-desk.ts';
import { documentRoutes } from './http-catalog-documents.ts';
import { draftRoutes } from './http-catalog-drafts.ts';
import { repeat } from './repeat.ts';

export type OpenDocumentDesk = {
  readonly routes: (scope: FastifyInstance) => void;
  readonly stop: () => Promise<void>;
};

/** The documents of the catalogue, where the catalogue comes from its topic. */
export function openDocumentDesk(platform: Platform): OpenDocumentDesk {
  const { access, catalog, config, logger, now } = platform;
  const { ledger, documents } = catalog;
  if (!ledger || !documents) return { routes: () => undefined, stop: () => Promise.resolve() };
  const writer = openCatalogWriter(platform, ledger);
  const desk = createDocumentDesk({
    source: platform,
    ledger,
    writer,
    published: () => ({ catalog: catalog.current(), documents: documents() }),
    now,
    isOpen: config.TIDEMARK_TOKENS_FILE === '',
  });
  const owed = repeat(OWED_AFTER_MS, desk.publishOwed, (error) =>
    logger.warn({ err: error }, 'what was approved could not be published yet'),
  );
  return {
    routes(scope) {
      documentRoutes(scope, access, desk);
      draftRoutes(scope, access, desk);
    },
    async stop() {
      await owed.stop();
      await writer.close();
    },
  };
}
