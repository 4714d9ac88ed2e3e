/** A line of the demo's event type as a source would send it. */
export type InvoiceLine = {
  readonly id: string;
  readonly amount: string;
  readonly time?: string;
  readonly country?: string;
};

export const EVENT_TYPE = 'com.example.retail.invoice-line';
export const SOURCE = '/test/till';

export const invoiceLine = ({ id, amount, time, country = 'Testland' }: InvoiceLine): object => ({
  specversion: '1.0',
  id,
  source: SOURCE,
  type: EVENT_TYPE,
  time: time ?? new Date().toISOString(),
  subject: id,
  data: {
    invoice_no: id,
    line: 1,
    stock_code: 'TEST',
    description: null,
    quantity: 1,
    unit_price: amount,
    customer_id: null,
    country,
  },
});

export const postEvent = (url: string, event: object): Promise<Response> =>
  fetch(`${url}/v1/events`, {
    method: 'POST',
    headers: { 'content-type': 'application/cloudevents+json' },
    body: JSON.stringify(event),
  });
