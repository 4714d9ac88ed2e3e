import { randomUUID } from 'node:crypto';
import { openLogBounds } from '../platform/kafka/log-bounds.ts';
import type { StartService } from '../platform/platform.ts';
import { browserNotifications } from './adapters/browser-notifications.ts';
import { openEntryDesk } from './adapters/entries/entry-desk.ts';
import { openNoteDesk } from './adapters/notes/note-desk.ts';
import { apiDocumentRoutes } from './adapters/http-api-documents.ts';
import { streamRoute } from './adapters/http-stream.ts';
import { mcpRoutes } from './adapters/mcp/routes.ts';
import { openKafkaFeed } from './adapters/kafka-feed.ts';
import { redisProjectionReader } from './adapters/redis-projection-reader.ts';
import { observeConservation, observeRequests, observeStream } from './adapters/telemetry.ts';
import { openWebAssets, webRoutes } from './adapters/web-assets.ts';
import { createStreamHub } from './stream-hub.ts';
import { streamRounds } from './adapters/stream-rounds.ts';
import { rememberingReader } from './final-windows.ts';
import { openCatalogDesk, openPrometheus, openReads, openSideDesk, valueRoutes } from './wiring.ts';

/** The console: answers what the values are, from projections, and tells what changes, from the update stream. */
export const start: StartService = async (platform) => {
  const { config, telemetry, access, catalog, logger } = platform;
  const logBounds = openLogBounds(platform.kafka);
  const reader = rememberingReader(
    redisProjectionReader(platform.redis, config.TIDEMARK_TOPIC_PREFIX),
  );
  const sideDesk = openSideDesk(platform, logBounds);
  const reads = openReads(platform, { reader, logBounds, heartbeats: sideDesk.heartbeats });
  const hub = createStreamHub({
    epoch: randomUUID().slice(0, 8),
    now: platform.now,
    // Redis away: what cannot be told is withheld.
    isRebuilding: (metric) => reads.isRebuilding(metric).catch(() => true),
  });
  const desk = openCatalogDesk(platform, reads);
  const prometheus = openPrometheus(platform, { reader, logBounds, noted: desk.noted });
  const entryDesk = openEntryDesk(platform, logBounds);
  const noteDesk = openNoteDesk(platform, logBounds);
  const feed = openKafkaFeed(platform, {
    onAlert: prometheus.following(hub.onAlert),
    onCommand: hub.onCommand,
    onUpdate(update) {
      if (update.kind === 'clock' || reads.isShown(update.metric, update.version))
        hub.onUpdate(update);
    },
  });
  prometheus.readAlerts(feed.isLive);
  const rounds = streamRounds({ reads, hub, ledger: catalog.ledger, logger });
  observeConservation(telemetry, reads);
  observeStream(telemetry, hub);
  webRoutes(platform.http, await openWebAssets());
  apiDocumentRoutes(platform);
  await platform.http.register(async (scope) => {
    observeRequests(scope, telemetry);
    desk.routes(scope);
    sideDesk.routes(scope);
    valueRoutes(scope, platform, reads);
    mcpRoutes(scope, platform, { reads, noted: desk.noted });
    entryDesk.routes(scope);
    noteDesk.routes(scope);
    streamRoute(scope, access, { hub, catalog: catalog.current });
    browserNotifications(platform, { hub, http: scope });
    await prometheus.routes(scope);
  });

  return {
    name: 'console',
    missing: () => [
      ...(platform.redis.status === 'ready' ? [] : ['Redis does not answer']),
      ...(feed.isLive() ? [] : ['the update stream is not followed yet']),
    ],
    async stop() {
      await Promise.all([rounds, prometheus, desk, entryDesk, noteDesk].map((one) => one.stop()));
      hub.close();
      await Promise.all([feed.stop(), sideDesk.close(), logBounds.close()]);
    },
  };
};
