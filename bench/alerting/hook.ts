import { nowMs } from '../support/clock.ts';
import { openReceiver } from '../support/receiver.ts';
import type { Receiver } from '../support/receiver.ts';

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
export type Hook = Receiver & {
  /** By `webhook-id`. */
  readonly messages: ReadonlyMap<string, Received>;
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
  const receiver = await openReceiver((text, headers) => {
    const id = String(headers['webhook-id']);
    const known = messages.get(id);
    if (known) known.times++;
    else messages.set(id, { id, ...told(JSON.parse(text) as Body), atMs: nowMs(), times: 1 });
  });
  return { ...receiver, messages };
}

const told = ({ type, data: { alert, metric, labels } }: Body) => ({
  type,
  rule: alert.rule,
  episode: alert.episode,
  series: `${metric.id} ${labels['store'] ?? ''}`,
});
