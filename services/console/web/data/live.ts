import { signal } from '@preact/signals';
import type { BrowserNotification } from '../../../kernel/notification.ts';
import type { AlertEvent, CatalogEvent, PipelineEvent, ValueEvent } from '../../core/answers.ts';
import { access, authorization, refuseAccess, tokenNumber } from './api.ts';
import { eventStreamReader } from './sse.ts';

/** Events of `GET /v1/stream`. `missed`: some may have been lost, so what is shown is to be read anew. */
export type LiveEvents = {
  readonly value: ValueEvent;
  readonly alert: AlertEvent;
  readonly notification: BrowserNotification;
  readonly catalog: CatalogEvent;
  readonly pipeline: PipelineEvent;
  readonly missed: undefined;
};
type Listener<K extends keyof LiveEvents> = (event: LiveEvents[K]) => void;

export type Connection =
  | { readonly state: 'connecting' }
  | { readonly state: 'live' }
  | { readonly state: 'lost'; readonly sinceMs: number };

export const connection = signal<Connection>({ state: 'connecting' });

const listeners: { readonly [K in keyof LiveEvents]: Set<Listener<K>> } = {
  value: new Set(),
  alert: new Set(),
  notification: new Set(),
  catalog: new Set(),
  pipeline: new Set(),
  missed: new Set(),
};

/** @returns how to stop listening */
export function onLive<K extends keyof LiveEvents>(event: K, listener: Listener<K>): () => void {
  listeners[event].add(listener);
  return () => void listeners[event].delete(listener);
}

function tell<K extends keyof LiveEvents>(event: K, data: LiveEvents[K]): void {
  for (const listener of listeners[event]) listener(data);
}

const WAIT_MS_MIN = 500;
const WAIT_MS_MAX = 15_000;
/** The server writes at least a comment every 15 s; a connection that says nothing for longer is dead. */
const SILENCE_MS_MAX = 40_000;

/**
 * Keeps the stream open for as long as the page lives. `fetch` rather than EventSource, which can send no bearer token
 * and hides how it fares; resuming by Last-Event-ID is the same.
 */
export async function followStream(): Promise<never> {
  const place = { lastEventId: undefined as string | undefined };
  let waitMs = WAIT_MS_MIN;
  for (;;) {
    const startedMs = Date.now();
    const wasLive = await readOnce(place).catch(() => false);
    waitMs = wasLive || Date.now() - startedMs > WAIT_MS_MAX ? WAIT_MS_MIN : nextWait(waitMs);
    if (connection.value.state !== 'lost')
      connection.value = { state: 'lost', sinceMs: Date.now() };
    if (access.value === 'open') await waitOrOnline(waitMs);
    else await nextToken();
  }
}
const nextWait = (waitMs: number): number => Math.min(waitMs * 2, WAIT_MS_MAX);

/** One connection until it ends. @returns whether it was live at all */
async function readOnce(place: { lastEventId: string | undefined }): Promise<boolean> {
  const abort = new AbortController();
  let silence = setTimeout(() => abort.abort(), SILENCE_MS_MAX);
  const isFirst = connection.value.state === 'connecting';
  try {
    const response = await fetch('/v1/stream', {
      headers: {
        accept: 'text/event-stream',
        ...authorization(),
        ...(place.lastEventId === undefined ? {} : { 'last-event-id': place.lastEventId }),
      },
      signal: abort.signal,
      cache: 'no-store',
    });
    if (response.status === 401) refuseAccess();
    if (!response.ok || !response.body) return false;
    connection.value = { state: 'live' };
    if (!isFirst) tell('missed', undefined);
    const read = eventStreamReader((message) => {
      if (message.id !== undefined) place.lastEventId = message.id;
      receive(message.event, message.data);
    });
    for await (const chunk of decoded(response.body)) {
      clearTimeout(silence);
      silence = setTimeout(() => abort.abort(), SILENCE_MS_MAX);
      read(chunk);
    }
    return true;
  } catch {
    return connection.value.state === 'live'; // Cut, or silent too long: the next connection resumes.
  } finally {
    clearTimeout(silence);
    abort.abort();
  }
}

function receive(event: string, data: string): void {
  if (event === 'value') tell('value', JSON.parse(data) as ValueEvent);
  else if (event === 'alert') tell('alert', JSON.parse(data) as AlertEvent);
  else if (event === 'notification') tell('notification', JSON.parse(data) as BrowserNotification);
  else if (event === 'catalog') tell('catalog', JSON.parse(data) as CatalogEvent);
  else if (event === 'pipeline') tell('pipeline', JSON.parse(data) as PipelineEvent);
  else if (event === 'reset') tell('missed', undefined);
}

async function* decoded(body: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  const reader = body.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    yield decoder.decode(value, { stream: true });
  }
}

function waitOrOnline(waitMs: number): Promise<void> {
  return new Promise((resolve) => {
    const go = (): void => {
      clearTimeout(timer);
      removeEventListener('online', go);
      resolve();
    };
    const timer = setTimeout(go, waitMs);
    addEventListener('online', go);
  });
}

function nextToken(): Promise<void> {
  const number = tokenNumber.peek();
  return new Promise((resolve) => {
    const stop = tokenNumber.subscribe((current) => {
      if (current === number) return;
      queueMicrotask(() => stop());
      resolve();
    });
  });
}
