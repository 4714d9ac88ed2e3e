import type { FastifyInstance } from 'fastify';
import type { AlertRecord } from '../kernel/alert.ts';
import type { MetricDefinition } from '../kernel/definitions.ts';
import { lineageOf } from '../kernel/catalog/lineage.ts';
import { metricTree } from '../kernel/catalog/tree.ts';
import { err, ok } from '../kernel/result.ts';
import { impactOfChanges } from '../platform/catalog/impact.ts';
import { aggregatorCall } from '../platform/aggregator-call.ts';
import { catalogTools } from '../platform/catalog/tools.ts';
import { openLedger } from '../platform/import/ledger.ts';
import type { LogBounds } from '../platform/kafka/log-bounds.ts';
import type { Platform } from '../platform/platform.ts';
import type { LateEventRecord } from '../platform/side-records.ts';
import { compileWholeMatch } from '../platform/regex.ts';
import { zipArchive } from '../platform/zip-writer.ts';
import { readAlertHistory } from './adapters/alert-history.ts';
import type { AlertHistory } from './adapters/alert-history.ts';
import { openDocumentDesk } from './adapters/document-desk.ts';
import { catalogRoutes } from './adapters/http-catalog.ts';
import { readRoutes } from './adapters/http-metrics.ts';
import { noteReads } from './adapters/http-reads.ts';
import { kafkaDeadLetters } from './adapters/dead-letters/kafka-dead-letters.ts';
import { kafkaNoteLog } from './adapters/dead-letters/note-log.ts';
import { deadLetterRoutes } from './adapters/dead-letters/routes.ts';
import { importRoutes } from './adapters/import/routes.ts';
import { kafkaHeartbeats } from './adapters/pipeline-heartbeats.ts';
import { pastClient } from './adapters/past-client.ts';
import { dashboardRoutes } from './adapters/dashboards/http-dashboards.ts';
import { kpiRoute } from './adapters/http-kpi.ts';
import { manyRoutes } from './adapters/overview/routes.ts';
import { createKpi } from './kpi.ts';
import { createManyReads } from './many.ts';
import { prometheusRoutes } from './adapters/prometheus-routes.ts';
import { redisReadLedger } from './adapters/redis-read-ledger.ts';
import { repeat } from './adapters/repeat.ts';
import { impactAnswer, parseImpactQuestion } from './core/catalog-answers.ts';
import { createPrune } from './catalog-prune.ts';
import { createDeadLetters } from './dead-letters.ts';
import { createLateEvents } from './late-events.ts';
import { AlertBoard } from './core/alert-board.ts';
import type { HeartbeatLog, ProjectionReader } from './ports.ts';
import { createExports } from './export.ts';
import type { Exports } from './export.ts';
import { createPrometheusReads } from './prometheus.ts';
import { createReadCounter, WRITE_EVERY_MS } from './read-counter.ts';
import { createConsoleReads } from './service.ts';
import type { ConsoleReads } from './service.ts';
import { createWatermarks } from './watermarks.ts';

/** Prometheus' API with what it needs of the world. */
export type Prometheus = {
  /** Takes note of each alert before it is handed on. */
  readonly following: (next: (record: AlertRecord) => void) => (record: AlertRecord) => void;
  /** Reads the alerts of before, once those from now on are followed. */
  readonly readAlerts: (isFollowed: () => boolean) => void;
  readonly routes: (http: FastifyInstance) => Promise<void>;
  readonly stop: () => Promise<void>;
};

export function openPrometheus(
  platform: Platform,
  {
    reader,
    logBounds,
    noted,
  }: {
    reader: ProjectionReader;
    logBounds: LogBounds;
    /** Hears of each metric that a query names. */
    noted: (metric: string) => void;
  },
): Prometheus {
  const board = new AlertBoard();
  const onAlert = (record: AlertRecord): void => board.offer(record);
  const catalog = platform.catalog.current;
  let history: AlertHistory | undefined;
  return {
    following: (next) => (record) => {
      onAlert(record);
      next(record);
    },
    readAlerts(isFollowed) {
      history ??= readAlertHistory(platform, { bounds: logBounds.of, isFollowed, onAlert });
    },
    routes: (http) =>
      prometheusRoutes(http, {
        access: platform.access,
        logger: platform.logger,
        catalog,
        reads: createPrometheusReads({
          reader,
          catalog,
          now: platform.now,
          compileRegex: compileWholeMatch,
          noted,
        }),
        watermarks: createWatermarks({ reader, catalog }),
        openAlerts: () => (history?.isRead() ? board.open() : undefined),
      }),
    stop: async () => history?.stop(),
  };
}

export const openReads = (
  { catalog, config, http, now }: Platform,
  {
    reader,
    logBounds,
    heartbeats,
  }: { reader: ProjectionReader; logBounds: LogBounds; heartbeats: HeartbeatLog },
): ConsoleReads & { readonly file: Exports } => {
  const reads = createConsoleReads({
    reader,
    logBounds: logBounds.of,
    heartbeats,
    catalog: catalog.current,
    now,
    prefix: config.TIDEMARK_TOPIC_PREFIX,
    language: catalogTools,
    past: pastClient(aggregatorCall(http, config.TIDEMARK_AGGREGATOR_URL)),
  });
  const metric = (id: string): MetricDefinition | undefined => catalog.current().metrics.get(id);
  const { values } = reads;
  const file = createExports({ values, metric, targets: catalog.current, zip: zipArchive });
  return { ...reads, file };
};

/** What stands in the log beside the values: dead letters, late events, heartbeats; and what comes into it from files. */
export type SideDesk = {
  readonly heartbeats: HeartbeatLog;
  readonly routes: (scope: FastifyInstance) => void;
  readonly close: () => Promise<void>;
};

export function openSideDesk(platform: Platform, { of }: LogBounds): SideDesk {
  const prefix = platform.config.TIDEMARK_TOPIC_PREFIX;
  const deadLetters = kafkaDeadLetters(platform, of);
  const late = kafkaNoteLog<LateEventRecord>(platform, 'lateEvents', of);
  const heartbeats = kafkaHeartbeats(platform, of);
  return {
    heartbeats: heartbeats.of,
    routes(scope) {
      deadLetterRoutes(scope, platform.access, {
        letters: createDeadLetters(deadLetters, prefix),
        lateEvents: createLateEvents(late, prefix),
      });
      importRoutes(scope, platform.access, {
        catalog: platform.catalog.current,
        ledger: openLedger(platform.config.TIDEMARK_DATA_DIR),
      });
    },
    async close() {
      await Promise.all([deadLetters.close(), late.close(), heartbeats.close()]);
    },
  };
}

/** Questions about the definitions themselves, and the count of who reads what that some of them rest on. */
export type CatalogDesk = {
  /** A program asked for this metric by name, other than by `GET /v1/metrics/{id}…`. */
  readonly noted: (metric: string) => void;
  /** In the scope of the read API, whose questions for metrics are counted. */
  readonly routes: (scope: FastifyInstance) => void;
  readonly stop: () => Promise<void>;
};

export function openCatalogDesk(platform: Platform, reads: ConsoleReads): CatalogDesk {
  const { access, catalog, logger, now } = platform;
  const prefix = platform.config.TIDEMARK_TOPIC_PREFIX;
  const ledger = redisReadLedger(platform.redis, prefix);
  const counter = createReadCounter({ ledger, catalog: catalog.current, now });
  const warn = (error: unknown): void =>
    logger.warn({ err: error }, 'which metrics are read could not be written down');
  void counter.write().catch(warn);
  const writes = repeat(WRITE_EVERY_MS, counter.write, warn);
  const documents = openDocumentDesk(platform);
  const prune = createPrune({ reads, counter, catalog: catalog.current, tools: catalogTools, now });
  return {
    noted: counter.noted,
    routes(scope) {
      noteReads(scope, counter.noted);
      documents.routes(scope);
      catalogRoutes(scope, access, {
        prune,
        tree: () => metricTree(catalog.current()),
        lineage(metric) {
          const found = lineageOf(metric, catalog.current(), catalogTools);
          const detail = `no published metric is called ${metric}`;
          return found ? ok({ metric, ...found }) : err({ code: 'not_found', detail });
        },
        impact(body) {
          const changes = parseImpactQuestion(body);
          const published = catalog.documents?.() ?? new Map();
          return changes.ok ? ok(impactAnswer(impactOfChanges(published, changes.value))) : changes;
        },
      });
    },
    async stop() {
      await Promise.all([writes.stop(), documents.stop()]);
      await counter.write().catch(warn);
    },
  };
}

/** Questions for the values of one metric and over many, and what is shown of them together. */
export function valueRoutes(
  scope: FastifyInstance,
  { access, catalog, now }: Platform,
  reads: ConsoleReads & { readonly file: Exports },
): void {
  readRoutes(scope, access, reads);
  const shown = { catalog: catalog.current, now };
  manyRoutes(scope, access, { ...shown, many: createManyReads({ ...shown, reads }) });
  dashboardRoutes(scope, access, catalog.current);
  kpiRoute(scope, access, createKpi({ ...shown, reads }));
}
