import { signal } from '@preact/signals';
import type { BrowserNotification } from '../../../kernel/notification.ts';
import type {
  AlertEvent,
  CatalogEvent,
  NoteEvent,
  PipelineEvent,
  ValueEvent,
} from '../../core/answers.ts';
import type { ServerEvent } from './sse.ts';

/** Events of `GET /v1/stream`. `missed`: some may have been lost, so what is shown is to be read anew. */
export type LiveEvents = {
  readonly value: ValueEvent;
  readonly alert: AlertEvent;
  readonly notification: BrowserNotification;
  readonly catalog: CatalogEvent;
  readonly note: NoteEvent;
  readonly pipeline: PipelineEvent;
  readonly missed: undefined;
};
type Listener<K extends keyof LiveEvents> = (event: LiveEvents[K]) => void;

export type Connection =
  | { readonly state: 'connecting' }
  | { readonly state: 'live' }
  | { readonly state: 'lost'; readonly sinceMs: number }
  /** By who asks: no other try mends it, only another token. */
  | { readonly state: 'refused' };

export const connection = signal<Connection>({ state: 'connecting' });

const listeners: { readonly [K in keyof LiveEvents]: Set<Listener<K>> } = {
  value: new Set(),
  alert: new Set(),
  notification: new Set(),
  catalog: new Set(),
  note: new Set(),
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

/** Tells of what the stream said, however it came here; after a break all is to be read anew. */
export function hear(messages: readonly ServerEvent[]): void {
  const { state } = connection.value;
  if (state !== 'live') connection.value = { state: 'live' };
  if (state === 'lost' || state === 'refused') tell('missed', undefined);
  for (const { event, data } of messages) receive(event, data);
}

export function loseConnection(): void {
  if (connection.value.state !== 'lost') connection.value = { state: 'lost', sinceMs: Date.now() };
}

export function refuseConnection(): void {
  connection.value = { state: 'refused' };
}

function receive(event: string, data: string): void {
  if (event === 'value') tell('value', JSON.parse(data) as ValueEvent);
  else if (event === 'alert') tell('alert', JSON.parse(data) as AlertEvent);
  else if (event === 'notification') tell('notification', JSON.parse(data) as BrowserNotification);
  else if (event === 'catalog') tell('catalog', JSON.parse(data) as CatalogEvent);
  else if (event === 'note') tell('note', JSON.parse(data) as NoteEvent);
  else if (event === 'pipeline') tell('pipeline', JSON.parse(data) as PipelineEvent);
  else if (event === 'reset') tell('missed', undefined);
}
