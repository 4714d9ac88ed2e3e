import type { EventJson } from '../../../../kernel/import/mapping.ts';
import { ApiError, authorization, refuseAccess } from '../../data/api.ts';

export type EventFault = {
  readonly code: string;
  readonly detail: string;
  readonly pointer?: string;
};
export type EventResult = {
  readonly index: number;
  readonly status: 'accepted' | 'rejected';
  readonly error?: EventFault & { readonly others?: readonly EventFault[] };
};

/** How long a batch is tried again while ingest is away or overloaded. */
const RETRY_FOR_MS = 120_000;
const RETRY_AFTER_MS = 1_000;

/**
 * Sends events of the past, or rehearses it; again until they are answered: the same events have the same ids.
 * @throws ApiError with the problem's code; AbortError when given up
 */
export async function postEvents(
  events: readonly EventJson[],
  how: { readonly isRehearsal: boolean; readonly signal: AbortSignal },
): Promise<readonly EventResult[]> {
  const untilMs = performance.now() + RETRY_FOR_MS;
  const path = `/v1/events?historical=true${how.isRehearsal ? '&dryRun=true' : ''}`;
  const body = JSON.stringify(events);
  for (;;) {
    const response = await fetch(path, {
      method: 'POST',
      headers: { 'content-type': 'application/cloudevents-batch+json', ...authorization() },
      body,
      signal: how.signal,
    }).catch((error: unknown) => {
      how.signal.throwIfAborted();
      return error as Error;
    });
    if (!(response instanceof Error) && !AWAY.has(response.status)) return resultsOf(response);
    if (performance.now() > untilMs) {
      if (response instanceof Error) throw new ApiError(0, 'unreachable', '');
      return resultsOf(response);
    }
    await pause(how.signal);
  }
}
const AWAY: ReadonlySet<number> = new Set([429, 502, 503, 504]);

async function resultsOf(response: Response): Promise<readonly EventResult[]> {
  const answer = (await response.json().catch(() => ({}))) as {
    readonly results?: readonly EventResult[];
    readonly code?: string;
    readonly detail?: string;
  };
  if (answer.results) return answer.results;
  if (response.status === 401) refuseAccess();
  throw new ApiError(
    response.status,
    answer.code ?? 'unknown',
    answer.detail ?? response.statusText,
  );
}

const pause = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, RETRY_AFTER_MS);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      reject(signal.reason as Error);
    });
  });
