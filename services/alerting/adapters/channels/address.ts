import type { SecretUrl } from '../../../kernel/definitions.ts';
import { err, ok } from '../../../kernel/result.ts';
import type { Result } from '../../../kernel/result.ts';
import { redact } from '../../../platform/webhook/redact.ts';
import type { WebhookAnswer, WebhookClient } from '../../../platform/webhook/client.ts';
import type { Secrets } from '../../../platform/webhook/secret.ts';

/** The address as it is now: one that is named counts at once when it changes. Err names the place only. */
export function addressOf(url: SecretUrl, secrets: Secrets): Result<string, string> {
  if (typeof url === 'string') return ok(url);
  const value = secrets(url);
  if (!value.ok || /^https?:$/.test(URL.parse(value.value)?.protocol ?? '')) return value;
  const place = 'env' in url ? `the environment variable ${url.env}` : `the file ${url.file}`;
  return err(`${place} holds no http or https URL`);
}

/** Posts, and keeps an address that stands outside the catalogue out of what is said of the answer. */
export async function postTo(
  client: WebhookClient,
  named: SecretUrl,
  call: Parameters<WebhookClient['post']>[0],
): Promise<WebhookAnswer> {
  const answer = await client.post(call);
  if (typeof named === 'string') return answer;
  const hidden = [call.url];
  return answer.kind === 'answered'
    ? { ...answer, body: redact(answer.body, hidden) }
    : { ...answer, detail: redact(answer.detail, hidden) };
}
