import { aggregatorCall } from '../../platform/aggregator-call.ts';
import type { Platform } from '../../platform/platform.ts';
import { alertRoutes } from './http.ts';
import type { AlertReader } from './http.ts';
import { explainRoutes } from './http-explain.ts';
import { reviewRoutes } from './http-review.ts';
import { ruleTestRoutes } from './http-rules.ts';
import { recountClient } from './recount-client.ts';
import { alertFinder } from '../find-alert.ts';
import type { AlertLog, AlertStore, History, UpdateLog } from '../ports.ts';
import { readAlerts } from '../recovery.ts';
import { createReviewer } from '../reviewer.ts';
import { ruleTester } from '../rule-tests.ts';
import { valueNowReader } from '../value-now.ts';

/** What people ask of alerts and rules: their lists, why one fired, how a rule has done, what one would have done. */
export function questionRoutes(
  { access, catalog, config, http, now }: Platform,
  ports: {
    readonly alerts: AlertLog;
    readonly history: History;
    readonly store: AlertStore;
    readonly updates: UpdateLog;
  },
  health: AlertReader['health'],
): void {
  const { history } = ports;
  const alert = alertFinder(ports);
  const alerts = () => readAlerts(ports);
  alertRoutes(http, access, { catalog: catalog.current, health, alerts, alert });
  explainRoutes(http, access, {
    catalog: catalog.current,
    alert,
    recount: recountClient(aggregatorCall(http, config.TIDEMARK_AGGREGATOR_URL)),
    valueNow: valueNowReader(history, catalog.current),
  });
  reviewRoutes(http, access, {
    zoneOf(id) {
      const { metrics, rules } = catalog.current();
      const rule = rules.get(id);
      return rule && (metrics.get(rule.metric)?.timezone ?? 'UTC');
    },
    review: createReviewer(ports),
    health,
    now,
  });
  ruleTestRoutes(http, access, ruleTester({ catalog: catalog.current, history, now }));
}
