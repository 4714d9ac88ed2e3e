import type { FastifyInstance } from 'fastify';
import { openCatalogWriter } from '../../platform/catalog/writer.ts';
import { openLogBounds } from '../../platform/kafka/log-bounds.ts';
import type { Platform } from '../../platform/platform.ts';
import type { PublishedCatalog } from '../catalog-check.ts';
import { createJudgeAlike } from '../catalog-alike.ts';
import { createDocumentDesk, OWED_AFTER_MS } from '../catalog-desk.ts';
import { createDraftDifference } from '../catalog-difference.ts';
import { documentRoutes } from './http-catalog-documents.ts';
import { draftRoutes } from './http-catalog-drafts.ts';
import { redisProjectionReader } from './redis-projection-reader.ts';
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
  const prefix = config.TIDEMARK_TOPIC_PREFIX;
  const writer = openCatalogWriter(platform, ledger);
  const logBounds = openLogBounds(platform.kafka);
  const published = (): PublishedCatalog => ({
    catalog: catalog.current(),
    documents: documents(),
  });
  const reader = redisProjectionReader(platform.redis, prefix);
  const difference = createDraftDifference({
    reader,
    logBounds: logBounds.of,
    ledger,
    published,
    now,
    prefix,
  });
  const desk = createDocumentDesk({
    source: platform,
    ledger,
    writer,
    published,
    judgeAlike: createJudgeAlike(reader, now),
    now,
    places: config,
    isOpen: config.TIDEMARK_TOKENS_FILE === '',
  });
  const owed = repeat(OWED_AFTER_MS, desk.publishOwed, (error) =>
    logger.warn({ err: error }, 'what was approved could not be published yet'),
  );
  return {
    routes(scope) {
      documentRoutes(scope, access, { ...desk, difference });
      draftRoutes(scope, access, desk);
    },
    async stop() {
      await owed.stop();
      await Promise.all([writer.close(), logBounds.close()]);
    },
  };
}
