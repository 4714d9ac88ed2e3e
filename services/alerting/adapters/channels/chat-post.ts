import type { SecretRef, SecretUrl } from '../../../kernel/definitions.ts';
import { err, ok } from '../../../kernel/result.ts';
import type { Result } from '../../../kernel/result.ts';
import type { WebhookClient } from '../../../platform/webhook/client.ts';
import { redact } from '../../../platform/webhook/redact.ts';
import type { Secrets } from '../../../platform/webhook/secret.ts';
import type { ChatAnswer } from '../../core/sending/chat-verdict.ts';
import type { Verdict } from '../../core/sending/delivery.ts';
import { retryAfterOf } from '../../core/sending/retry-after.ts';

/** What every chat channel needs of the world. */
export type ChatPorts = {
  readonly client: WebhookClient;
  readonly secrets: Secrets;
  readonly now: () => number;
};

/** Secrets by name, read now. Err is the verdict: one that is missing may come. */
export function readSecrets<T extends Readonly<Record<string, SecretUrl | undefined>>>(
  secrets: Secrets,
  refs: T,
): Result<{ readonly [K in keyof T]: string | Extract<T[K], undefined> }, Verdict> {
  const values: Record<string, string | undefined> = {};
  for (const [name, ref] of Object.entries(refs)) {
    const value = ref === undefined ? ok(undefined) : valueOf(secrets, ref);
    if (!value.ok) return err({ kind: 'retryable', detail: value.error });
    values[name] = value.value;
  }
  return ok(values as { readonly [K in keyof T]: string | Extract<T[K], undefined> });
}

const valueOf = (secrets: Secrets, ref: SecretRef | string): Result<string, string> =>
  typeof ref === 'string' ? ok(ref) : secrets(ref);

/**
 * POSTs JSON once and gives the service's answer; an answer repeats no secret.
 * @param call `hidden` are secrets in the address and the body @returns Err where there is no answer: that is the verdict
 */
export async function postJson(
  { client, now }: ChatPorts,
  call: {
    readonly url: string;
    readonly headers?: Readonly<Record<string, string>>;
    readonly body: object;
    readonly hidden: readonly string[];
  },
): Promise<Result<ChatAnswer, Verdict>> {
  const answer = await client.post({
    url: call.url,
    headers: { 'content-type': 'application/json; charset=utf-8', ...call.headers },
    body: JSON.stringify(call.body),
  });
  if (answer.kind !== 'answered') {
    const detail = redact(answer.detail, call.hidden);
    return err({ kind: answer.kind === 'failed' ? 'retryable' : 'refused', detail });
  }
  const retryAfterMs = retryAfterOf(answer.retryAfter, now());
  return ok({
    status: answer.status,
    body: redact(answer.body, call.hidden),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  });
}
