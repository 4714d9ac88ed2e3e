import type { ReceiverDefinition, SecretUrl } from '../../../kernel/definitions.ts';
import type { WebhookClient } from '../../../platform/webhook/client.ts';
import type { Secrets } from '../../../platform/webhook/secret.ts';
import { alertmanagerAlerts, leaseMsOf, postableAlert } from '../../core/words/alertmanager.ts';
import type { PostableAlert } from '../../core/words/alertmanager.ts';
import { beatLeaseMs, isBeat } from '../../core/partition/beat.ts';
import type { AlertState, Message } from '../../core/alert/episode.ts';
import type { Verdict } from '../../core/sending/delivery.ts';
import { leased } from '../../core/partition/lease.ts';
import { parseBody } from '../../core/words/text-body.ts';
import { audienceOf, textOf } from '../../core/words/text.ts';
import type { Channel } from '../../ports.ts';
import { addressOf, postTo } from './address.ts';
import type { NotRenewed } from './renewal.ts';
import { verdictOf } from './webhook.ts';

const PATH = '/api/v2/alerts';
/** Alerts in one request, as Prometheus sends them. */
const BATCH_MAX = 64;

export type AlertmanagerPorts = {
  readonly client: WebhookClient;
  readonly secrets: Secrets;
  readonly now: () => number;
};

/** Messages as alerts of a Prometheus Alertmanager, which then routes and groups them by its own rules. */
export function alertmanagerChannel(ports: AlertmanagerPorts): Channel<'alertmanager'> {
  return async (message, receiver) => {
    const verdict = await post(ports, receiver.url, postable(ports, message));
    return verdict.kind === 'delivered' ? { ...verdict, isRenewed: true } : verdict;
  };
}

/**
 * Posts again what Alertmanagers were told and have to keep: they hold alerts in memory, and end those of which they hear
 * no more. To be called every minute, one call at a time.
 * @returns what the receivers answered that did not take it, and messages of which no alert can be made: the others are
 * told all the same
 */
export async function renewAlertmanagers(
  ports: AlertmanagerPorts,
  alerts: Iterable<AlertState>,
  receiverOf: (id: string) => ReceiverDefinition | undefined,
): Promise<readonly NotRenewed[]> {
  const isKept = (id: string): boolean => receiverOf(id)?.type === 'alertmanager';
  const faults: NotRenewed[] = [];
  for (const [id, messages] of leased(alerts, isKept, ports.now())) {
    const receiver = receiverOf(id);
    if (receiver?.type !== 'alertmanager') continue;
    const all: PostableAlert[] = [];
    for (const message of messages)
      try {
        all.push(...postable(ports, message));
      } catch (error) {
        const detail = `message ${message.id} is not readable: ${(error as Error).message}`;
        faults.push({ receiver: id, detail });
      }
    for (let from = 0; from < all.length; from += BATCH_MAX) {
      const verdict = await post(ports, receiver.url, all.slice(from, from + BATCH_MAX));
      if (verdict.kind !== 'delivered') faults.push({ receiver: id, detail: verdict.detail });
    }
  }
  return faults;
}

function postable({ now }: AlertmanagerPorts, message: Message): readonly PostableAlert[] {
  const audience = audienceOf(message);
  const body = parseBody(message.body);
  const alerts = alertmanagerAlerts(body, (one) => textOf(one, audience));
  const leaseMs = isBeat(message) ? beatLeaseMs(body.data) : leaseMsOf(body);
  return alerts.map((alert) => postableAlert(alert, now(), leaseMs));
}

async function post(
  { client, secrets, now }: AlertmanagerPorts,
  base: SecretUrl,
  alerts: readonly PostableAlert[],
): Promise<Verdict> {
  const address = addressOf(base, secrets);
  if (!address.ok) return { kind: 'retryable', detail: address.error };
  const url = new URL(address.value);
  url.pathname = `${url.pathname.replace(/\/+$/, '')}${PATH}`;
  const call = { url: url.href, headers: {}, body: JSON.stringify(alerts) };
  return verdictOf(await postTo(client, base, call), now());
}
