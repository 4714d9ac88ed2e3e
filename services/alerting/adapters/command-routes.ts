import { randomUUID } from 'node:crypto';
import type { Platform } from '../../platform/platform.ts';
import { alertFinder } from '../find-alert.ts';
import type { AlertStore, CommandLog, UpdateLog } from '../ports.ts';
import { readAlerts } from '../recovery.ts';
import type { Alerting } from '../service.ts';
import { createSilenceView } from '../silences.ts';
import type { AckLinks } from './ack-links.ts';
import { ackLinkRoutes } from './http-ack-links.ts';
import { commandRoutes } from './http-commands.ts';
import { unsubscribeRoutes } from './http-unsubscribe.ts';
import type { UnsubscribeLinks } from './unsubscribe-links.ts';

/** What people tell alerting over HTTP: with a token, or by a link that was sent to them. */
export function addCommandRoutes(
  { access, catalog, http, now }: Platform,
  parts: {
    readonly ports: {
      readonly store: AlertStore;
      readonly updates: UpdateLog;
      readonly commands: CommandLog;
    };
    readonly alerting: Alerting;
    readonly links: AckLinks;
    readonly unsubscribe: UnsubscribeLinks;
  },
): void {
  const { ports, alerting, links, unsubscribe } = parts;
  const desk = {
    catalog: catalog.current,
    alerts: () => readAlerts(ports),
    alert: alertFinder(ports),
    silences: createSilenceView(ports.commands, now),
    tell: alerting.tell,
    now,
    newId: randomUUID,
  };
  commandRoutes(http, access, desk);
  ackLinkRoutes(http, { ...desk, links });
  unsubscribeRoutes(http, access, { ...desk, links: unsubscribe });
}
