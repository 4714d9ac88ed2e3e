import type { FastifyInstance } from 'fastify';
import type { LogBounds } from '../../../platform/kafka/log-bounds.ts';
import type { Platform } from '../../../platform/platform.ts';
import { followEntries } from './follow-entries.ts';
import { entryListRoutes } from './http-entries.ts';
import { redisEntryBook } from './redis-entry-book.ts';
import { createManualEntries } from '../../manual-entries.ts';

/** What people entered, with what it needs of the world. */
export type EntryDesk = {
  readonly routes: (scope: FastifyInstance) => void;
  readonly stop: () => Promise<void>;
};

export function openEntryDesk(platform: Platform, logBounds: LogBounds): EntryDesk {
  const { config, redis, catalog, now, access } = platform;
  const book = redisEntryBook(redis, config.TIDEMARK_TOPIC_PREFIX);
  const follower = followEntries(platform, { book, bounds: logBounds.of });
  const { isRead } = follower;
  const entries = createManualEntries({ book, isRead, catalog: catalog.current, now });
  return {
    routes: (scope) => entryListRoutes(scope, access, entries),
    stop: follower.stop,
  };
}
