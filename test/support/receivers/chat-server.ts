import { createServer } from 'node:http';
import type { IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';

export type ChatRequest = {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  readonly json: unknown;
};
export type ChatReply = {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string | object;
};

export type ChatServer = {
  readonly origin: string;
  readonly requests: ChatRequest[];
  readonly replies: ChatReply[];
  /** Answers the next requests with these, before anything is checked. */
  readonly force: (...replies: readonly ChatReply[]) => void;
  readonly [Symbol.asyncDispose]: () => Promise<void>;
};

/** An HTTP server whose answers a service's rules decide. */
export async function openChatServer(
  answer: (request: ChatRequest) => ChatReply,
): Promise<ChatServer> {
  const requests: ChatRequest[] = [];
  const replies: ChatReply[] = [];
  const forced: ChatReply[] = [];
  const server = createServer((incoming, outgoing) => {
    const parts: Buffer[] = [];
    incoming.on('data', (part: Buffer) => parts.push(part));
    incoming.on('end', () => {
      const { pathname, searchParams } = new URL(incoming.url ?? '/', 'http://chat');
      const text = Buffer.concat(parts).toString('utf8');
      const request: ChatRequest = {
        method: incoming.method ?? '',
        path: pathname,
        query: searchParams,
        headers: incoming.headers,
        text,
        json: parsed(text),
      };
      const reply = forced.shift() ?? answer(request);
      requests.push(request);
      replies.push(reply);
      const isText = typeof reply.body === 'string';
      outgoing
        .writeHead(reply.status ?? 200, {
          'content-type': isText ? 'text/html' : 'application/json',
          ...reply.headers,
        })
        .end(isText ? reply.body : JSON.stringify(reply.body));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    replies,
    force: (...list) => forced.push(...list),
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** How often something may happen: counted in every stretch of `perMs` that ends now. */
export function counter(limit: { count: number; perMs: number }, now: () => number) {
  let times: number[] = [];
  return {
    /** @returns whether this one is within the limit */
    allows(): boolean {
      times = times.filter((at) => at > now() - limit.perMs);
      times.push(now());
      return times.length <= limit.count;
    },
  };
}

type Fields = Readonly<Record<string, unknown>>;
export const fieldsOf = (value: unknown): Fields =>
  typeof value === 'object' && value !== null ? (value as Fields) : {};
export const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
export const isWebUrl = (value: unknown): boolean =>
  typeof value === 'string' && URL.canParse(value) && /^https?:$/.test(new URL(value).protocol);
