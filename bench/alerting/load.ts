import { storeOf, statusOf } from './catalog.ts';
import { cloudEventOf } from '../orders/cloud-event.ts';
import type { Order } from '../orders/workload.ts';
import { nowMs } from '../support/clock.ts';
import { openConnection } from '../support/http-load.ts';
import type { Connection } from '../support/http-load.ts';

const CONNECTIONS = 50;
export const TICK_MS = 10;
const EVENTS_PER_REQUEST = 10;

/** A series of the scenario, by its number: one store of one metric. */
export type Place = { readonly metric: number; readonly store: number };

let events = 0;
/** An order of now that counts in just this series. */
export const orderIn = ({ metric, store }: Place, amountCents: number): Order => ({
  eventId: `alerting-${process.pid}-${events++}`,
  orderId: `o-${events}`,
  occurredAtMs: Date.now(),
  storeId: storeOf(store),
  channel: 'web',
  amountCents,
  quantity: 1,
  status: statusOf(metric),
});

/** Open loop: what is due is sent as soon as a connection is free, never later because an answer was late. */
export type Sender = {
  /** @param accepted told when the 202 of its request is there, ms of `nowMs` */
  readonly send: (orders: readonly Order[], accepted?: (atMs: number) => void) => void;
  /** When everything has its 202. @throws Error what ingest refused */
  readonly drained: () => Promise<void>;
  readonly close: () => void;
};

export async function openSender(url: string): Promise<Sender> {
  const request = { path: '/v1/events', contentType: 'application/cloudevents-batch+json' };
  const pool = await Promise.all(
    Array.from({ length: CONNECTIONS }, () => openConnection(url, request)),
  );
  const idle = [...pool];
  const due: { body: string; accepted: ((atMs: number) => void) | undefined }[] = [];
  let failed: Error | undefined;
  let isIdle = Promise.withResolvers<void>();

  const serve = async (connection: Connection): Promise<void> => {
    for (let next = due.shift(); next; next = due.shift()) {
      const answer = await connection.post(next.body);
      if (answer.status !== 202)
        throw new Error(`ingest answered ${answer.status}: ${answer.body.slice(0, 300)}`);
      next.accepted?.(nowMs());
    }
    idle.push(connection);
    if (idle.length === pool.length) isIdle.resolve();
  };
  return {
    send(orders, accepted) {
      for (let i = 0; i < orders.length; i += EVENTS_PER_REQUEST) {
        const group = orders.slice(i, i + EVENTS_PER_REQUEST).map(cloudEventOf);
        due.push({ body: `[${group.join(',')}]`, accepted });
      }
      while (due.length > 0 && idle.length > 0)
        serve(idle.pop() as Connection).catch((error: Error) => {
          failed = error;
          isIdle.resolve();
        });
    },
    async drained() {
      while (!failed && (due.length > 0 || idle.length < pool.length)) {
        isIdle = Promise.withResolvers();
        await isIdle.promise;
      }
      if (failed) throw failed;
    },
    close: () => {
      for (const connection of pool) connection.close();
    },
  };
}
