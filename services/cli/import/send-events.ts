import { setTimeout } from 'node:timers/promises';
import { ERRORS } from '../../kernel/errors.ts';
import type { ErrorCode, TidemarkError } from '../../kernel/errors.ts';
import type { EventJson } from '../../kernel/import/mapping.ts';
import { problemOf } from '../api.ts';
import type { Api, ApiAnswer } from '../api.ts';

/** What became of one event (contract section 3). */
export type EventResult = {
  readonly index: number;
  readonly id?: string;
  readonly status: 'accepted' | 'rejected';
  readonly position?: string;
  readonly error?: { readonly code: string; readonly detail: string; readonly pointer?: string };
};

export type SendOptions = {
  readonly isHistorical: boolean;
  readonly signal?: AbortSignal | undefined;
  /** How long a batch is tried again while the answer is 429, 503 or none, ms. */
  readonly retryForMs: number;
  readonly onRetry?: (error: TidemarkError) => void;
};

const RETRY_AFTER_MS = 1_000;

/**
 * Sends a batch, again until it is answered: the same events have the same ids, so that they count once.
 * @throws the problem that the answer names; after `retryForMs`, the last one; AbortError when the signal aborts
 */
export async function sendEvents(
  api: Api,
  events: readonly EventJson[],
  options: SendOptions,
): Promise<readonly EventResult[]> {
  const request = {
    method: 'POST',
    headers: { 'content-type': 'application/cloudevents-batch+json' },
    body: JSON.stringify(events),
    signal: options.signal,
  } as const;
  const path = `/v1/events${options.isHistorical ? '?historical=true' : ''}`;
  const untilMs = performance.now() + options.retryForMs;
  for (;;) {
    const outcome = await attempt(() => api(path, request));
    if (outcome.results) return outcome.results;
    const isOver = performance.now() + outcome.retryAfterMs > untilMs;
    if (isOver || !ERRORS[outcome.error.code].isTransient) throw outcome.error;
    options.onRetry?.(outcome.error);
    await setTimeout(outcome.retryAfterMs, undefined, options.signal && { signal: options.signal });
  }
}

type Attempt =
  | { readonly results: readonly EventResult[] }
  | { readonly results?: never; readonly error: TidemarkError; readonly retryAfterMs: number };

async function attempt(call: () => Promise<ApiAnswer>): Promise<Attempt> {
  try {
    const answer = await call();
    const { results } = (answer.body ?? {}) as { results?: readonly EventResult[] };
    if (results) return { results };
    return { error: problemOf(answer), retryAfterMs: answer.retryAfterMs ?? RETRY_AFTER_MS };
  } catch (error) {
    const { code } = error as { code?: ErrorCode };
    if (code !== 'unreachable') throw error;
    return { error: error as TidemarkError, retryAfterMs: RETRY_AFTER_MS };
  }
}
