import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { stackDirectory, startStack } from '../../support/stack.ts';

export const TOKEN = 'a-token-of-this-test';
/** Of somebody who may read, and do nothing. */
export const READER_TOKEN = 'a-token-of-a-reader';
/** Of a machine that sends events. */
export const SENDER_TOKEN = 'a-token-of-a-sender';
const MINUTE_MS = 60_000;

export type Line = {
  readonly quantity: number;
  readonly price: string;
  /** How long ago it happened; absent: now. */
  readonly agoMs?: number;
  readonly cancels?: boolean;
  readonly historical?: boolean;
};

/** A whole installation of the demo's catalogue, without its data, that asks for tokens. */
export type Installation = {
  readonly url: string;
  /** One invoice line, through the front door. */
  readonly send: (line: Line) => Promise<void>;
  readonly api: <T>(path: string) => Promise<T>;
  /** What the API gives for the window that holds now. */
  readonly currentSales: (window: string) => Promise<string | null | undefined>;
  /** The window of a minute, as the API gives it. */
  readonly salesOfMinute: (atMs: number) => Promise<unknown>;
  readonly watermarkAgeMs: () => Promise<number>;
  readonly stop: () => Promise<unknown>;
};

export async function startInstallation(): Promise<Installation> {
  const stack = await startStack({
    name: 'console',
    environment: { TIDEMARK_TOKENS_FILE: writeTokens() },
  });
  const { url } = stack;
  const headers = { authorization: `Bearer ${TOKEN}` };
  let lines = 0;

  const api = async <T>(path: string): Promise<T> => {
    const response = await fetch(`${url}${path}`, { headers });
    expect(response.status, path).toBe(200);
    return (await response.json()) as T;
  };
  const send = async (line: Line): Promise<void> => {
    lines += 1;
    const invoice = `${line.cancels ? 'C' : ''}9${String(lines).padStart(5, '0')}`;
    const response = await fetch(`${url}/v1/events${line.historical ? '?historical=true' : ''}`, {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/cloudevents+json' },
      body: JSON.stringify(eventOf(line, invoice)),
    });
    expect(response.status, await response.clone().text()).toBe(202);
  };
  return {
    url,
    send,
    api,
    async currentSales(window) {
      const path = `/v1/metrics/net-sales/current?window=${window}`;
      return (await api<Sales<{ value: string | null }>>(path)).series[0]?.points[0]?.value;
    },
    async salesOfMinute(atMs) {
      const from = Math.floor(atMs / MINUTE_MS) * MINUTE_MS;
      const [start, end] = [from, from + MINUTE_MS].map((ms) => new Date(ms).toISOString());
      const path = `/v1/metrics/net-sales/values?grain=minute&from=${start}&to=${end}`;
      return (await api<Sales<unknown>>(path)).series[0]?.points[0];
    },
    async watermarkAgeMs() {
      const { watermark } = await api<{ watermark: string | null }>('/v1/metrics/net-sales');
      return watermark === null ? Infinity : Date.now() - Date.parse(watermark);
    },
    stop: stack.stop,
  };
}

type Sales<Point> = { readonly series: readonly { readonly points: readonly Point[] }[] };

function writeTokens(): string {
  const directory = stackDirectory('console-tokens');
  mkdirSync(directory, { recursive: true });
  const file = join(directory, 'tokens.json');
  const digest = (token: string): string => createHash('sha256').update(token).digest('hex');
  const principals = {
    [digest(TOKEN)]: { person: 'person:anna', roles: ['admin'] },
    [digest(READER_TOKEN)]: { person: 'person:ben', roles: ['reader'] },
    [digest(SENDER_TOKEN)]: { person: 'person:erp', roles: ['ingest'] },
  };
  writeFileSync(file, JSON.stringify(principals));
  return file;
}

/** A CloudEvent of the demo's shape. */
const eventOf = (line: Line, invoice: string): object => ({
  specversion: '1.0',
  id: `${invoice}-1`,
  source: '/test/console',
  type: 'com.example.retail.invoice-line',
  subject: invoice,
  time: new Date(Date.now() - (line.agoMs ?? 0)).toISOString(),
  data: {
    invoice_no: invoice,
    line: 1,
    stock_code: '85123A',
    description: null,
    quantity: line.quantity,
    unit_price: line.price,
    customer_id: null,
    country: 'United Kingdom',
  },
});
