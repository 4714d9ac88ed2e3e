import { addTelemetryRoute } from '../../../../services/cli/telemetry-route.ts';
import type { Access } from '../../../../services/platform/access.ts';
import { createHttpServer } from '../../../../services/platform/http.ts';
import { createLogger } from '../../../../services/platform/logger.ts';
import { createTelemetry } from '../../../../services/platform/telemetry.ts';
import { aggregatorRoutes } from './aggregator-routes.ts';
import { alertingRoutes } from './alerting-routes.ts';
import { consoleRoutes } from './console-routes.ts';
import { ingestServiceRoutes } from './ingest-routes.ts';

const telemetry = createTelemetry();

/** Every route that asks for a principal, over parts in memory; `written` counts what was changed through any. */
export function serverOf(access: Access) {
  const logger = createLogger({ level: 'silent', name: 'test', isTty: false });
  const http = createHttpServer(logger);
  const routes: string[] = [];
  http.addHook('onRoute', ({ method, url }) => {
    routes.push(...[method].flat().map((one) => `${one} ${url}`));
  });
  const counts = [aggregatorRoutes, alertingRoutes, consoleRoutes, ingestServiceRoutes].map(
    (addRoutes) => addRoutes(http, access),
  );
  addTelemetryRoute({ http, access, telemetry });
  const written = (): number => counts.reduce((sum, count) => sum + count(), 0);
  return { http, routes, written };
}
