import type { FastifyInstance } from 'fastify';
import type { AlertRecord } from '../kernel/alert.ts';
import type { LogBounds } from '../platform/kafka/log-bounds.ts';
import type { Platform } from '../platform/platform.ts';
import { compileWholeMatch } from '../platform/regex.ts';
import { readAlertHistory } from './adapters/alert-history.ts';
import type { AlertHistory } from './adapters/alert-history.ts';
import { prometheusRoutes } from './adapters/prometheus-routes.ts';
import { AlertBoard } from './core/alert-board.ts';
import type { ProjectionReader } from './ports.ts';
import { createPrometheusReads } from './prometheus.ts';

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
  { reader, logBounds }: { reader: ProjectionReader; logBounds: LogBounds },
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
        }),
        openAlerts: () => (history?.isRead() ? board.open() : undefined),
      }),
    stop: async () => history?.stop(),
  };
}
