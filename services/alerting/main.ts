import { randomUUID } from 'node:crypto';
import type { Catalog } from '../kernel/definitions.ts';
import type { StartService } from '../platform/platform.ts';
import { alertRoutes, receiverRoutes } from './adapters/http.ts';
import { rulesOf } from './adapters/rules.ts';
import type { RuleHealth } from './adapters/rules.ts';
import { telemetryObserver } from './adapters/telemetry-observer.ts';
import { addCommandRoutes } from './command-routes.ts';
import { RETRY_SCHEDULE_MS } from './core/delivery.ts';
import { createDeliverer } from './deliverer.ts';
import type { Deliverer } from './deliverer.ts';
import { readAlerts } from './recovery.ts';
import { createAlerting } from './service.ts';
import { openMessenger, openPorts } from './wiring.ts';

/** Updates in from Kafka; alerts out to Kafka and to their owners; state and what is owed in Redis. */
export const start: StartService = async (platform) => {
  const { access, catalog, http, logger, now, telemetry } = platform;
  const messenger = openMessenger(platform, process.env);
  const { ports, links, close } = await openPorts(platform);
  const observer = telemetryObserver(telemetry, logger);
  const outbox: Deliverer = createDeliverer({
    messenger,
    now,
    schedule: RETRY_SCHEDULE_MS,
    observer,
    note: (place, delivery) => alerting.noteDelivery(place, delivery),
  });
  const alerting = createAlerting({ ...ports, observer, outbox });
  observer.watch({ alerts: alerting.alerts, waiting: outbox.waiting, now });
  addCommandRoutes(platform, { ports, alerting, links });

  let unhealthy: readonly RuleHealth[] = [];
  const health = (): readonly RuleHealth[] => [
    ...unhealthy,
    ...[...alerting.refusedRules()].map((rule) => ({
      rule,
      detail: 'the rule has more series than are watched; those that were first are',
    })),
  ];
  const take = async (current: Catalog): Promise<void> => {
    const { plans, health: faults } = rulesOf(current);
    unhealthy = faults;
    observer.unhealthyRules(faults.length);
    for (const fault of faults) logger.warn(fault, 'a rule cannot be judged');
    await alerting.setPlans(plans);
  };

  alertRoutes(http, access, {
    catalog: catalog.current,
    health,
    alerts: () => readAlerts(ports),
  });
  receiverRoutes(http, access, {
    isKnown: (id) => catalog.current().receivers.has(id),
    messenger,
    now,
    newId: randomUUID,
  });
  await take(catalog.current());
  await alerting.start();
  const unsubscribe = catalog.onChange((current) => {
    take(current).catch((error: unknown) =>
      logger.error({ err: error }, 'the rules were not taken up'),
    );
  });

  return {
    name: 'alerting',
    missing() {
      const loading = alerting.loading();
      if (loading === undefined) return ['no partition of metric-updates is assigned yet'];
      return loading > 0 ? [`${loading} partitions of alerts are being loaded`] : [];
    },
    async stop() {
      unsubscribe();
      await outbox.stop();
      await alerting.stop();
      await close();
    },
  };
};
