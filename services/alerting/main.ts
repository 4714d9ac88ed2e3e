import { randomUUID } from 'node:crypto';
import type { StartService } from '../platform/platform.ts';
import { startRenewal } from './adapters/channels/renewal.ts';
import { addCommandRoutes } from './adapters/command-routes.ts';
import { startFollowing } from './adapters/following.ts';
import { receiverRoutes } from './adapters/http.ts';
import { questionRoutes } from './adapters/http-questions.ts';
import { ruleTaker } from './adapters/rules.ts';
import { telemetryObserver } from './adapters/telemetry-observer.ts';
import { RETRY_SCHEDULE_MS } from './core/sending/delivery.ts';
import { isGrouped } from './core/sending/is-grouped.ts';
import { createDeliverer } from './deliverer.ts';
import type { Deliverer } from './deliverer.ts';
import { digestWriter } from './digests.ts';
import { createReachability } from './reachability.ts';
import { readAlerts } from './recovery.ts';
import { createAlerting } from './service.ts';
import { openPorts, openTelling } from './wiring.ts';

/** Updates in from Kafka; alerts out to Kafka and to their owners; state and what is owed in Redis. */
export const start: StartService = async (platform) => {
  const { access, catalog, http, logger, now, telemetry } = platform;
  const { ports, links, unsubscribe: stopLinks, close } = await openPorts(platform);
  const telling = openTelling(platform, ports.commands, process.env);
  const observer = telemetryObserver(telemetry, logger);
  const settled = createReachability({ ...ports, newId: randomUUID, failed: observer.crashed });
  const outbox: Deliverer = createDeliverer({
    messenger: telling.messenger,
    now,
    schedule: RETRY_SCHEDULE_MS,
    pace: telling.pace,
    isGrouped: (id) => isGrouped(catalog.current().receivers.get(id)),
    observer,
    note: (place, delivery) => alerting.noteDelivery(place, delivery),
    settled,
  });
  const alerts = () => readAlerts(ports);
  const writeDigest = digestWriter({ ...ports, catalog: catalog.current, alerts });
  const alerting = createAlerting({ ...ports, observer, outbox, writeDigest });
  observer.watch({ alerts: alerting.alerts, waiting: outbox.waiting, now });
  addCommandRoutes(platform, { ports, alerting, links, unsubscribe: stopLinks });

  const rules = ruleTaker({ alerting, observer, logger, now });

  receiverRoutes(http, access, {
    ...telling,
    catalog: catalog.current,
    now,
    newId: randomUUID,
    settled,
  });
  questionRoutes(platform, ports, rules.health);
  const following = startFollowing(platform, ports, alerting.unsubscribed);
  await rules.take(catalog.current());
  await alerting.start();
  const renewal = startRenewal(() => telling.renew(alerting.alerts()), platform);
  const unsubscribe = catalog.onChange((current) => {
    rules
      .take(current)
      .catch((error: unknown) => logger.error({ err: error }, 'the rules were not taken up'));
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
      await renewal.stop();
      await following.stop();
      await outbox.stop();
      await alerting.stop();
      telling.close();
      await close();
    },
  };
};
