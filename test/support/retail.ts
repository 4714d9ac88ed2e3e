import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse';
import { repositoryDir } from '../../infra/bootstrap/prepare.mjs';

export const RETAIL_FILE = join(repositoryDir, 'test', 'data', 'online-retail-3-days.csv');
export const RETAIL_LINES = 7419;

/** The right answers, as test/data/README.md states them: one row per day of December 2010. */
export const RETAIL_DAYS = {
  lines: ['3108', '2109', '2202'],
  'net-sales': ['58635.56', '46207.28', '45620.46'],
  'cancelled-sales': ['325.23', '1541.10', '1323.25'],
  orders: ['137', '144', '101'],
  customers: ['98', '117', '55'],
  units: ['26814', '21023', '14830'],
} as const;
export const NET_BY_HOUR = ['1383.81', '7324.24', '5094.33', '4234.16', '7422.42', '5063.54'];
export const NET_BY_COUNTRY = {
  Australia: '358.25',
  EIRE: '555.38',
  France: '855.86',
  Germany: '139.18',
  Netherlands: '192.60',
  Norway: '1919.14',
} as const;

export type Point = {
  readonly start: string;
  readonly value: string | null;
  readonly state: string;
};
export type Series = { readonly labels: Record<string, string>; readonly points: readonly Point[] };

/** Reads values as any client does. */
export async function readSeries(
  url: string,
  metric: string,
  query: Record<string, string>,
): Promise<readonly Series[]> {
  const answer = await fetch(
    `${url}/v1/metrics/${metric}/values?${new URLSearchParams(query).toString()}`,
  );
  const body = (await answer.json()) as { readonly series?: readonly Series[] };
  if (!body.series) throw new Error(`${answer.status} ${JSON.stringify(body)}`);
  return body.series;
}

/** Values of the three days of every metric of the demo, to be held against RETAIL_DAYS. */
export async function readRetailDays(url: string): Promise<Record<string, (string | null)[]>> {
  const query = { grain: 'day', from: '2010-12-01T00:00:00Z', to: '2010-12-04T00:00:00Z' };
  const days = Object.keys(RETAIL_DAYS).map(async (metric) => {
    const [series] = await readSeries(url, metric, query);
    return [metric, (series?.points ?? []).map(({ value }) => value)] as const;
  });
  return Object.fromEntries(await Promise.all(days));
}

/** Ids that the file's lines have as events: invoice and line. */
export async function retailIds(): Promise<ReadonlySet<string>> {
  const ids = new Set<string>();
  for await (const row of createReadStream(RETAIL_FILE).pipe(parse({ columns: true }))) {
    const { invoice_no, line } = row as Record<string, string>;
    ids.add(`${invoice_no}-${line}`);
  }
  return ids;
}

type Term = 'records' | 'counted' | 'filtered' | 'late' | 'duplicate' | 'inFlight' | 'difference';
export type Conservation = Readonly<Record<Term, number>> & { readonly metric: string };

/** The equation of one event type, for each metric that reads it. */
export async function readConservation(url: string): Promise<readonly Conservation[]> {
  const answer = await fetch(`${url}/v1/pipeline`);
  const { eventTypes } = (await answer.json()) as {
    readonly eventTypes: readonly { eventType: string; metrics: readonly Conservation[] }[];
  };
  return (
    eventTypes.find((one) => one.eventType === 'com.example.retail.invoice-line')?.metrics ?? []
  );
}
