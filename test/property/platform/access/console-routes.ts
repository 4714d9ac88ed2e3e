import type { FastifyInstance } from 'fastify';
import { deadLetterRoutes } from '../../../../services/console/adapters/dead-letters/routes.ts';
import { dashboardRoutes } from '../../../../services/console/adapters/dashboards/http-dashboards.ts';
import { entryListRoutes } from '../../../../services/console/adapters/entries/http-entries.ts';
import { catalogRoutes } from '../../../../services/console/adapters/http-catalog.ts';
import { documentRoutes } from '../../../../services/console/adapters/http-catalog-documents.ts';
import { draftRoutes } from '../../../../services/console/adapters/http-catalog-drafts.ts';
import { importRoutes } from '../../../../services/console/adapters/import/routes.ts';
import { manyRoutes } from '../../../../services/console/adapters/overview/routes.ts';
import { kpiRoute } from '../../../../services/console/adapters/http-kpi.ts';
import { noteRoutes } from '../../../../services/console/adapters/notes/http-notes.ts';
// Through it whoever asks is asked for: services/platform/mcp.ts
import { mcpRoutes } from '../../../../services/console/adapters/mcp/routes.ts';
import { readRoutes } from '../../../../services/console/adapters/http-metrics.ts';
import { notificationsRoute } from '../../../../services/console/adapters/http-notifications.ts';
import { streamRoute } from '../../../../services/console/adapters/http-stream.ts';
import type { ConsoleReads } from '../../../../services/console/service.ts';
import type { StreamHub } from '../../../../services/console/stream-hub.ts';
import { ok } from '../../../../services/kernel/result.ts';
import type { Access } from '../../../../services/platform/access.ts';
import { parseConfig } from '../../../../services/platform/config.ts';
import type { Platform } from '../../../../services/platform/platform.ts';
import { createTelemetry } from '../../../../services/platform/telemetry.ts';
import { aMetric, anEventType } from '../../../support/metrics.ts';
import { catalogOf } from '../../../support/platform.ts';
import { answer, CANARY, NOW, told } from './canary.ts';
import { catalog } from './catalog.ts';
import { IMPORT } from './requests.ts';

/** As much of the world as questions by MCP are put to. */
function platformOf(http: FastifyInstance, access: Access): Platform {
  const config = parseConfig({});
  if (!config.ok) throw new Error('the defaults are no configuration');
  const view = { current: catalog, onChange: () => () => {} };
  const telemetry = createTelemetry();
  return { http, access, config: config.value, catalog: view, telemetry } as unknown as Platform;
}

/** Routes of the console. @returns how often something was written */
export function consoleRoutes(http: FastifyInstance, access: Access): () => number {
  const reads: Partial<ConsoleReads> = {
    list: answer,
    show: answer,
    values: answer,
    current: answer,
    pipeline: () => Promise.resolve(told as never),
  };
  let written = 0;
  const again = () => {
    written++;
    return answer();
  };
  readRoutes(http, access, { ...(reads as ConsoleReads), file: answer });
  mcpRoutes(http, platformOf(http, access), { reads: reads as ConsoleReads, noted: () => {} });
  kpiRoute(http, access, () => Promise.resolve(CANARY));
  manyRoutes(http, access, {
    catalog: () => catalogOf({ metrics: [aMetric({ id: CANARY })] }),
    now: () => NOW,
    many: { current: answer, corrections: answer },
  });
  entryListRoutes(http, access, { sheets: () => told as never, list: answer });
  noteRoutes(http, access, { list: answer, add: again, remove: again });
  const dashboard = { id: CANARY, name: { en: CANARY }, tags: [], rangeMs: 1, panels: [] };
  dashboardRoutes(http, access, () => catalogOf({ dashboards: [dashboard] }));
  importRoutes(http, access, {
    catalog: () => catalogOf({ eventTypes: [anEventType({ id: CANARY })] }),
    ledger: { read: () => IMPORT, write: () => written++, hashes: () => [CANARY] },
  });
  deadLetterRoutes(http, access, {
    letters: { list: answer, show: answer, resend: again, resendAll: again },
    lateEvents: answer,
  });
  notificationsRoute(http, access, { catalog, newest: () => Promise.resolve([told as never]) });
  streamRoute(http, access, { hub: { readers: () => 0 } as StreamHub, catalog });
  catalogRoutes(http, access, {
    prune: answer,
    lineage: () => ok(told as never),
    tree: () => told as never,
    impact: () => ok(told as never),
  });
  documentRoutes(http, access, {
    list: () => ok(told as never),
    show: answer,
    history: () => ok(told as never),
    check: () => Promise.resolve(told as never),
    difference: answer,
  });
  draftRoutes(http, access, { tell: again });
  return () => written;
}
