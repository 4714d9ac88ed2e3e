import { parseWebhookSecret, webhookHeaders } from '../../../platform/webhook/signature.ts';
import type { WebhookAnswer, WebhookClient } from '../../../platform/webhook/client.ts';
import type { Secrets } from '../../../platform/webhook/secret.ts';
import type { WebhookReceiver } from '../../../kernel/definitions.ts';
import { err, ok } from '../../../kernel/result.ts';
import type { Result } from '../../../kernel/result.ts';
import { alertmanagerAlerts, alertmanagerBody } from '../../core/words/alertmanager.ts';
import type { Verdict } from '../../core/sending/delivery.ts';
import { retryAfterOf } from '../../core/sending/retry-after.ts';
import type { Message } from '../../core/alert/episode.ts';
import { parseBody } from '../../core/words/text-body.ts';
import { audienceOf, textOf } from '../../core/words/text.ts';
import type { Audience } from '../../core/words/text.ts';
import type { Channel, DisabledReceivers } from '../../ports.ts';
import { addressOf, postTo } from './address.ts';

const SECOND_MS = 1_000;
/** Characters of a receiver's answer that are kept for people. */
const DETAIL_MAX = 200;

export type WebhookPorts = {
  readonly client: WebhookClient;
  readonly secrets: Secrets;
  readonly disabled: DisabledReceivers;
  readonly now: () => number;
};

/**
 * Messages as Standard Webhooks: id and body as they were decided, timestamp and signature of this attempt. 2xx is
 * delivered; 410 disables the receiver until its address changes or it is enabled; 408, 429, 5xx and what did not answer are
 * retried, as are faults on our side (a secret that is not there yet); all else is refused.
 */
export function webhookChannel(ports: WebhookPorts): Channel<'webhook'> {
  const { client, secrets, disabled, now } = ports;
  return async (message, receiver) => {
    try {
      const url = addressOf(receiver.url, secrets);
      if (!url.ok) return { kind: 'retryable', detail: url.error };
      const address = { id: receiver.id, url: url.value };
      if (await disabled.isDisabled(address))
        return {
          kind: 'gone',
          detail: `the receiver said before that it wants nothing more (410); tidemark alerts enable-receiver ${receiver.id} lets messages go there again`,
        };
      const keys = keysOf(receiver, secrets);
      if (!keys.ok) return { kind: 'retryable', detail: keys.error };
      const body =
        receiver.format === 'standard'
          ? message.body
          : alertmanagerText(message, audienceOf(message));
      const headers = webhookHeaders(keys.value, {
        id: message.id,
        timestampS: Math.floor(now() / SECOND_MS),
        body,
      });
      const call = { url: url.value, headers, body };
      const verdict = verdictOf(await postTo(client, receiver.url, call), now());
      if (verdict.kind === 'gone') await disabled.disable(address);
      return verdict;
    } catch (error) {
      // Redis did not say whether the receiver is disabled: later.
      return { kind: 'retryable', detail: (error as Error).message };
    }
  };
}

/** The frozen body in Alertmanager's form: of the same body the same text, so that retries are alike. */
function alertmanagerText(
  { body, receiver }: Pick<Message, 'body' | 'receiver'>,
  audience: Audience,
): string {
  const alerts = alertmanagerAlerts(parseBody(body), (one) => textOf(one, audience));
  return JSON.stringify(alertmanagerBody(alerts, receiver));
}

/** The secret must be there; the one before signs only while it is, since taking it away ends the change. */
function keysOf(
  { secret, previousSecret }: WebhookReceiver,
  secrets: Secrets,
): Result<readonly Buffer[], string> {
  const [key, previous] = [secret, previousSecret].map((ref) => {
    const text = ref ? secrets(ref) : err('');
    return text.ok ? parseWebhookSecret(text.value) : text;
  });
  if (!key?.ok) return err(key?.error ?? '');
  return ok(previous?.ok ? [key.value, previous.value] : [key.value]);
}

/** What an answer means for the message. Pure. */
export function verdictOf(answer: WebhookAnswer, nowMs: number): Verdict {
  if (answer.kind !== 'answered')
    return { kind: answer.kind === 'failed' ? 'retryable' : 'refused', detail: answer.detail };
  const { status, body } = answer;
  const said = body.trim().slice(0, DETAIL_MAX);
  const detail = said === '' ? String(status) : `${status} ${said}`;
  if (status >= 200 && status < 300) return { kind: 'delivered', detail: String(status) };
  if (status === 410) return { kind: 'gone', detail };
  if (status !== 408 && status !== 429 && status < 500) return { kind: 'refused', detail };
  const retryAfterMs = retryAfterOf(answer.retryAfter, nowMs);
  return { kind: 'retryable', detail, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) };
}
