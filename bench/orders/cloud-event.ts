import { ORDER_EVENT, ORDER_SOURCE } from './catalog.ts';
import type { Order } from './workload.ts';

/** An order as a client posts it: a structured CloudEvent, the amount as a decimal string. */
export const cloudEventOf = (order: Order): string =>
  JSON.stringify({
    specversion: '1.0',
    id: order.eventId,
    source: ORDER_SOURCE,
    type: ORDER_EVENT,
    subject: order.orderId,
    time: new Date(order.occurredAtMs).toISOString(),
    data: {
      order_id: order.orderId,
      store_id: order.storeId,
      channel: order.channel,
      amount: (order.amountCents / 100).toFixed(2),
      quantity: order.quantity,
      status: order.status,
    },
  });
