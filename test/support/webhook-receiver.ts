import { createServer } from 'node:http';
import type { IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Webhook } from 'standardwebhooks';

export type Received = {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  readonly status: number;
};

/** A message of contract section 7, as far as tests look at it. */
export type Accepted = {
  readonly id: string;
  readonly type: string;
  readonly data: { readonly alert: { readonly episode: string }; readonly value: string | null };
};

/** A real HTTP server that receives webhooks; a test says what it answers. */
export type WebhookReceiver = {
  readonly url: string;
  readonly received: Received[];
  /** Parsed bodies of what was accepted, verified by the library of the standard. */
  readonly accepted: () => readonly Accepted[];
  readonly answer: (status: number, headers?: Record<string, string>) => void;
  readonly close: () => Promise<void>;
  readonly [Symbol.asyncDispose]: () => Promise<void>;
};

export const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';

export async function openReceiver(): Promise<WebhookReceiver> {
  const received: Received[] = [];
  let next: { status: number; headers: Record<string, string> } = { status: 204, headers: {} };
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const { status, headers } = next;
      received.push({
        headers: request.headers,
        body: Buffer.concat(parts).toString('utf8'),
        status,
      });
      response.writeHead(status, headers).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const webhook = new Webhook(SECRET);
  const close = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
    received,
    accepted: () =>
      received
        .filter(({ status }) => status < 300)
        .map(({ headers, body }) => ({
          id: String(headers['webhook-id']),
          ...(webhook.verify(body, headers as Record<string, string>) as Omit<Accepted, 'id'>),
        })),
    answer(status, headers = {}) {
      next = { status, headers };
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}
