import { SIGN_EVERY_MS } from '../../core/stream-events.ts';
import { authorization, refuseAccess, tokenNumber } from './api.ts';
import { connection, hear, loseConnection, refuseConnection } from './live.ts';
import { eventStreamReader } from './sse.ts';
import type { ServerEvent } from './sse.ts';

const WAIT_MS_MIN = 500;
const WAIT_MS_MAX = 15_000;
/** Four signs of life that did not come: the connection is dead, or what is at its other end stands still. */
const SILENCE_MS_MAX = 4 * SIGN_EVERY_MS;
const SILENT = 'silent';

/** How a connection ended: it was live, never was, or who asks may not read. */
type End = 'live' | 'lost' | 'refused';

/** From the tab that reads: what came, which may be nothing but a sign of life. `hello` from others: is it live? */
type Word = readonly ServerEvent[] | 'hello';

let channel: BroadcastChannel | undefined;
let lastEventId: string | undefined;
/** Ends this tab's reading. */
let reading: AbortController | undefined;
/** Ends this tab's wait for its turn. */
let waiting = new AbortController();
let silence: ReturnType<typeof setTimeout> | undefined;

/**
 * Keeps hearing the stream for as long as the page lives. A browser opens at most six connections to a host by HTTP/1.1,
 * so the tabs of one reader take turns: one reads and tells the others, and when it ends, the next goes on from the last
 * event. Where the browser has no locks (HTTP from another machine) each tab reads for itself.
 *
 * `fetch` rather than EventSource, which can send no bearer token and hides how it fares; resuming by Last-Event-ID is
 * the same.
 */
export async function followStream(): Promise<never> {
  tokenNumber.subscribe(() => waiting.abort());
  let waitMs = WAIT_MS_MIN;
  for (;;) {
    const startedMs = Date.now();
    const end = await readInTurn().catch((): End => 'lost');
    if (end === 'refused') {
      refuseConnection();
      await nextToken();
      continue;
    }
    const isWhole = end === 'live' || Date.now() - startedMs > WAIT_MS_MAX;
    waitMs = isWhole ? WAIT_MS_MIN : nextWait(waitMs);
    loseConnection();
    await waitOrOnline(waitMs);
  }
}
const nextWait = (waitMs: number): number => Math.min(waitMs * 2, WAIT_MS_MAX);

/** Reads once no other tab does; takes the turn from one that says nothing, as one that is frozen. @returns as `readOnce` */
async function readInTurn(): Promise<End> {
  if (!('locks' in navigator)) return readOnce();
  const name = await readerName();
  if (channel?.name !== name) join(name);
  waiting = new AbortController();
  awaitSign();
  try {
    return await navigator.locks.request(name, { signal: waiting.signal }, readOnce);
  } catch (error) {
    if (error !== SILENT) throw error;
    loseConnection();
    return await navigator.locks.request(name, { steal: true }, readOnce);
  } finally {
    reading?.abort(); // Another tab may have taken the turn.
  }
}

/** Those who read as the same person are told the same; a token itself is no name for others to see. */
async function readerName(): Promise<string> {
  const token = new TextEncoder().encode(authorization()['authorization']);
  return `tidemark.stream ${new Uint8Array(await crypto.subtle.digest('SHA-256', token)).join()}`;
}

function join(name: string): void {
  channel?.close();
  channel = new BroadcastChannel(name);
  channel.addEventListener('message', ({ data }: MessageEvent<Word>) => {
    if (data !== 'hello') told(data);
    else if (reading && connection.value.state === 'live') say([]);
  });
  say('hello');
}
// oxlint-disable-next-line unicorn/require-post-message-target-origin -- a window's rule; a channel is of one origin
const say = (word: Word): void => channel?.postMessage(word);

function told(messages: readonly ServerEvent[]): void {
  awaitSign();
  lastEventId = messages.findLast(({ id }) => id !== undefined)?.id ?? lastEventId;
  hear(messages);
}

function awaitSign(): void {
  clearTimeout(silence);
  silence = setTimeout(() => {
    reading?.abort();
    waiting.abort(SILENT);
  }, SILENCE_MS_MAX);
}

/** One connection until it ends. */
async function readOnce(): Promise<End> {
  const abort = (reading = new AbortController());
  let end: End = 'lost';
  awaitSign();
  try {
    const response = await fetch('/v1/stream', {
      headers: {
        accept: 'text/event-stream',
        ...authorization(),
        ...(lastEventId === undefined ? {} : { 'last-event-id': lastEventId }),
      },
      signal: abort.signal,
      cache: 'no-store',
    });
    if (response.status === 401) refuseAccess();
    if (response.status === 401 || response.status === 403) return 'refused';
    if (!response.ok || !response.body) return 'lost';
    end = 'live';
    // Who reads on without knowing from where reads all anew.
    if (lastEventId === undefined && connection.value.state === 'live') loseConnection();
    let came: ServerEvent[] = [];
    const pass = (): void => {
      told(came);
      say(came);
      came = [];
    };
    pass();
    const read = eventStreamReader((message) => came.push(message));
    for await (const chunk of decoded(response.body)) {
      read(chunk);
      pass();
    }
  } catch {
    // Cut, or silent too long: the next connection resumes.
  } finally {
    abort.abort();
    if (reading === abort) reading = undefined;
  }
  return end;
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
