import { TidemarkError } from '../../kernel/errors.ts';
import { localTimeMs as instantOf } from '../../kernel/import/local-time.ts';
import type { EventJson } from '../../kernel/import/mapping.ts';
import type { Row } from '../../kernel/import/row.ts';

export const RETAIL_TYPE = 'com.example.retail.invoice-line';
export const RETAIL_SOURCE = '/demo/retail';
const ZONE = 'Europe/London';

/** The columns of a file of the retailer's shape. */
export type InvoiceLine = {
  readonly invoice_no: string;
  readonly line: string;
  readonly stock_code: string;
  readonly description: string;
  readonly quantity: string;
  readonly invoice_time_local: string;
  readonly unit_price_gbp: string;
  readonly customer_id: string;
  readonly country: string;
};
const COLUMNS = [
  'invoice_no',
  'line',
  'stock_code',
  'description',
  'quantity',
  'invoice_time_local',
  'unit_price_gbp',
  'customer_id',
  'country',
] as const satisfies readonly (keyof InvoiceLine)[];

/** @throws not_parseable naming the columns that a row lacks */
export function invoiceLineOf({ number, values }: Row): InvoiceLine {
  const lacking = COLUMNS.filter((column) => typeof values[column] !== 'string');
  if (lacking.length > 0)
    throw new TidemarkError(
      'not_parseable',
      `row ${number} has no ${lacking.join(', ')}: a file of the retailer's shape has the columns ${COLUMNS.join(',')}`,
    );
  return values as InvoiceLine;
}

/** The event of an invoice line. Id and subject are the invoice's own, so that it is one event however often it is sent. */
export function retailEvent(
  line: InvoiceLine,
  as: { readonly timeMs: number; readonly source?: string },
): EventJson {
  return {
    specversion: '1.0',
    id: `${line.invoice_no}-${line.line}`,
    source: as.source ?? RETAIL_SOURCE,
    type: RETAIL_TYPE,
    subject: line.invoice_no,
    time: new Date(as.timeMs).toISOString(),
    data: {
      invoice_no: line.invoice_no,
      line: Number(line.line),
      stock_code: line.stock_code,
      description: line.description === '' ? null : line.description,
      quantity: Number(line.quantity),
      unit_price: line.unit_price_gbp,
      customer_id: line.customer_id === '' ? null : line.customer_id,
      country: line.country,
    },
  };
}

/**
 * Epoch ms of a local date-time of the retailer.
 * @throws RangeError when the text is no date-time
 */
export function localTimeMs(text: string): number {
  const atMs = instantOf(text, ZONE);
  if (atMs === undefined) throw new RangeError(`${text} is no local date-time`);
  return atMs;
}
