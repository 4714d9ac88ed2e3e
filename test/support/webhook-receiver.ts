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
  /** Takes requests from now on and answers none, until `release`. @param onRequest called at each that it takes */
  readonly hold: (onRequest?: (received: Received) => void) => void;
  /** Answers those that wait, and the ones that come. */
  readonly release: () => void;
  readonly close: () => Promise<void>;
  readonly [Symbol.asyncDispose]: () => Promise<void>;
};

export const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';

export async function openReceiver(): Promise<WebhookReceiver> {
  const webhook = new Webhook(SECRET);
  const received: Received[] = [];
  const taken: (() => Accepted)[] = [];
  /** Verified at once, as its time demands; a test that asks hears what was wrong. */
  const opened = ({ headers, body }: Received): (() => Accepted) => {
    try {
      const message = webhook.verify(body, headers as Record<string, string>);
      const accepted = { id: String(headers['webhook-id']), ...(message as Omit<Accepted, 'id'>) };
      return () => accepted;
    } catch (error) {
      return () => {
        throw error;
      };
    }
  };
  let next: { status: number; headers: Record<string, string> } = { status: 204, headers: {} };
  let held: ((received: Received) => void) | undefined;
  let waiting: (() => void)[] = [];
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const { status, headers } = next;
      const body = Buffer.concat(parts).toString('utf8');
      const one = { headers: request.headers, body, status };
      received.push(one);
      if (status < 300) taken.push(opened(one));
      const answer = (): void => void response.writeHead(status, headers).end();
      if (held) waiting.push(answer);
      else answer();
      held?.(one);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const close = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
    received,
    accepted: () => taken.map((one) => one()),
    answer(status, headers = {}) {
      next = { status, headers };
    },
    hold(onRequest = () => undefined) {
      held = onRequest;
    },
    release() {
      held = undefined;
      for (const answer of waiting) answer();
      waiting = [];
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}
