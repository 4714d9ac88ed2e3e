import { seededRandom } from '../../support/tcp-proxy.ts';
import { ORDERS } from '../../support/order-events.ts';
import type { Acked } from './checker.ts';

/** A client of ingest as producers should be: it sends the identical request again until it is told yes. */
export type OrderFeed = {
  /** Sends this many batches one after the other. Resolves when all are answered with yes. */
  readonly send: (batches: number) => Promise<void>;
  /** Sends until `stop`, with pauses of `everyMs` between batches. */
  readonly run: (options: { everyMs: number }) => void;
  /** Resolves when the batch that is under way is answered with yes. */
  readonly stop: () => Promise<void>;
  readonly acked: readonly Acked[];
  /** Requests that were not answered with yes, by status; `0` got no answer. */
  readonly refusals: ReadonlyMap<number, number>;
};

type Answer = {
  readonly results: readonly { readonly id?: string; readonly position?: string }[];
};

const BATCH_EVENTS = 20;
/** Orders that may come once more: long enough ago that another worker reads them. */
const REMEMBERED = 300;
const ORDER_AGE_MS_MAX = 120_000;
const RETRY_AFTER_MS = 100;
const REQUEST_TIMEOUT_MS = 15_000;

/**
 * Orders over a few stores, up to two minutes old, one in ten a copy of one of the last few hundred; the same for the same seed
 * but for their times.
 * @param urls where ingest listens, asked at each try: any of them will do
 */
export function orderFeed(options: {
  readonly name: string;
  readonly seed: number;
  readonly urls: () => readonly string[];
}): OrderFeed {
  const { name, seed, urls } = options;
  const random = seededRandom(seed);
  const acked: Acked[] = [];
  const refusals = new Map<number, number>();
  let number = 0;
  const sent: object[] = [];
  let isStopped = false;
  let running: Promise<void> = Promise.resolve();

  const anOrder = (): object => {
    const time = new Date(Date.now() - Math.floor(random() * ORDER_AGE_MS_MAX)).toISOString();
    const store = `S${Math.floor(random() * 5)}`;
    const amount = (Math.floor(random() * 100_000) / 100).toFixed(2);
    const status = random() < 0.1 ? 'cancelled' : 'booked';
    const id = `${name}-${++number}`;
    const data = { store_id: store, amount, status };
    return { specversion: '1.0', source: `/${name}`, type: ORDERS.id, subject: id, id, time, data };
  };
  const nextBatch = (): readonly object[] =>
    Array.from({ length: BATCH_EVENTS }, () => {
      const again = random() < 0.1 ? sent[Math.floor(random() * sent.length)] : undefined;
      if (again) return again;
      sent.push(anOrder());
      if (sent.length > REMEMBERED) sent.shift();
      return sent.at(-1) as object;
    });

  /** @returns whether it was taken */
  const post = async (body: string): Promise<boolean> => {
    const all = urls();
    const url = all[Math.floor(random() * all.length)] ?? '';
    const status = await fetch(`${url}/v1/events`, {
      method: 'POST',
      headers: { 'content-type': 'application/cloudevents-batch+json' },
      body,
      signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
    }).then(
      async (answer) => {
        if (answer.status !== 202) return answer.status;
        for (const { id = '', position = '' } of ((await answer.json()) as Answer).results)
          acked.push({ id, position });
        return 202;
      },
      () => 0,
    );
    if (status !== 202) refusals.set(status, (refusals.get(status) ?? 0) + 1);
    return status === 202;
  };
  const sendBatch = async (): Promise<void> => {
    const body = JSON.stringify(nextBatch());
    while (!(await post(body))) await pause(RETRY_AFTER_MS);
  };

  return {
    async send(batches) {
      for (let sent = 0; sent < batches; sent++) await sendBatch();
    },
    run({ everyMs }) {
      isStopped = false;
      const go = async (): Promise<void> => {
        while (!isStopped) {
          await sendBatch();
          await pause(everyMs);
        }
      };
      running = go();
    },
    async stop() {
      isStopped = true;
      await running;
    },
    acked,
    refusals,
  };
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
