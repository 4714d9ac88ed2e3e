import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { nowMs } from '../support/clock.ts';

/** A message as its receiver had it first. */
export type Received = {
  readonly id: string;
  readonly type: string;
  readonly rule: string;
  readonly episode: string;
  readonly series: string;
  readonly atMs: number;
  /** How often it came under this id. */
  times: number;
};
export type Hook = {
  readonly url: string;
  /** By `webhook-id`. */
  readonly messages: ReadonlyMap<string, Received>;
  readonly close: () => void;
};

type Body = {
  readonly type: string;
  readonly data: {
    readonly alert: { readonly rule: string; readonly episode: string };
    readonly metric: { readonly id: string };
    readonly labels: Readonly<Record<string, string>>;
  };
};

/** A receiver that takes everything at once and remembers it. */
export async function openHook(): Promise<Hook> {
  const messages = new Map<string, Received>();
  const server = createServer((request, response) => {
    let text = '';
    request.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
    request.on('end', () => {
      const atMs = nowMs();
      response.writeHead(204).end();
      const id = String(request.headers['webhook-id']);
      const known = messages.get(id);
      if (known) known.times++;
      else messages.set(id, { id, ...told(JSON.parse(text) as Body), atMs, times: 1 });
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    messages,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

const told = ({ type, data: { alert, metric, labels } }: Body) => ({
  type,
  rule: alert.rule,
  episode: alert.episode,
  series: `${metric.id} ${labels['store'] ?? ''}`,
});
