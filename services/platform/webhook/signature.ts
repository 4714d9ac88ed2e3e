import { createHmac } from 'node:crypto';
import { err, ok } from '../../kernel/result.ts';
import type { Result } from '../../kernel/result.ts';

const PREFIX = 'whsec_';
/** Bytes of a secret. @see Standard Webhooks, "Symmetric key signatures" */
const SECRET_BYTES_MIN = 24;
const SECRET_BYTES_MAX = 64;

/** The key of a `whsec_` secret. Err says what is wrong with it, never what it is. */
export function parseWebhookSecret(secret: string): Result<Buffer, string> {
  const text = secret.trim();
  if (!text.startsWith(PREFIX)) return err(`the secret does not begin with ${PREFIX}`);
  const encoded = text.slice(PREFIX.length);
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(encoded)) return err('the secret is not base64');
  const key = Buffer.from(encoded, 'base64');
  if (key.length < SECRET_BYTES_MIN || key.length > SECRET_BYTES_MAX)
    return err(
      `the secret has ${key.length} bytes, needed are ${SECRET_BYTES_MIN} to ${SECRET_BYTES_MAX}`,
    );
  return ok(key);
}

/**
 * Headers of one attempt: for each key `v1,` and the base64 HMAC-SHA256 of `id.timestamp.body`, separated by spaces, so that
 * a receiver that knows one of the keys takes it. The id is the same over all retries, the timestamp is the attempt's.
 * @param keys the secret's, and while it is being changed the one's before
 * @param message `timestampS` epoch seconds
 * @see https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 */
export function webhookHeaders(
  keys: readonly Buffer[],
  message: { id: string; timestampS: number; body: string },
): Readonly<Record<string, string>> {
  const { id, timestampS, body } = message;
  const signed = `${id}.${timestampS}.${body}`;
  const signatures = keys.map(
    (key) => `v1,${createHmac('sha256', key).update(signed).digest('base64')}`,
  );
  return {
    'webhook-id': id,
    'webhook-timestamp': String(timestampS),
    'webhook-signature': signatures.join(' '),
  };
}
