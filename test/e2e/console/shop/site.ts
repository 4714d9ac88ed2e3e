import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { repositoryDir } from '../../../../infra/bootstrap/prepare.mjs';
import { stackDirectory, startStack } from '../../../support/stack.ts';
import { wallDocuments } from './walls.ts';

export const TOKEN = 'a-token-of-the-owner';
/** Of somebody who may read, and enter nothing. */
export const READER_TOKEN = 'a-token-of-a-reader';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const COUNTRIES = ['United Kingdom', 'Germany', 'France', 'Netherlands', 'Ireland'] as const;
export const TEAMS = ['Warehouse', 'Packing', 'Customer service'] as const;

/** An installation of the demo's catalogue, and of walls, with some days of a small shop, so that its dashboards have something to show. */
export type Shop = {
  readonly url: string;
  readonly api: <T>(path: string) => Promise<T>;
  /** One invoice line, now. */
  readonly sell: (line: { country: string; quantity: number; price: string }) => Promise<void>;
  readonly enter: (team: string, daysAgo: number, value: string) => Promise<void>;
  readonly stop: () => Promise<unknown>;
};

/** Days before today of which every team's staff is entered; the days after them up to yesterday are not. */
const ENTERED_DAYS = [4, 5, 6, 7, 8, 9] as const;
/** How many values of so many whole days are missing. */
export const missingOf = (days: number): number => (days - ENTERED_DAYS.length) * TEAMS.length;

/** @param name folder under test/output */
export async function startShop(name: string): Promise<Shop> {
  const stack = await startStack({
    name,
    environment: {
      TIDEMARK_CATALOG: writeCatalog(name),
      TIDEMARK_TOKENS_FILE: writeTokens(name),
    },
  });
  const { url } = stack;
  const headers = { authorization: `Bearer ${TOKEN}` };
  let lines = 0;

  const post = async (path: string, type: string, body: unknown): Promise<void> => {
    const response = await fetch(`${url}${path}`, {
      method: 'POST',
      headers: { ...headers, 'content-type': type },
      body: JSON.stringify(body),
    });
    expect(response.ok, await response.clone().text()).toBe(true);
  };
  const lineOf = (line: {
    country: string;
    quantity: number;
    price: string;
    agoMs?: number;
    cancels?: boolean;
  }): object => {
    const invoice = `${line.cancels ? 'C' : ''}9${String(++lines).padStart(5, '0')}`;
    return {
      specversion: '1.0',
      id: `${invoice}-1`,
      source: '/test/shop',
      type: 'com.example.retail.invoice-line',
      subject: invoice,
      time: new Date(Date.now() - (line.agoMs ?? 0)).toISOString(),
      data: {
        invoice_no: invoice,
        line: 1,
        stock_code: '85123A',
        description: null,
        quantity: line.cancels ? -line.quantity : line.quantity,
        unit_price: line.price,
        customer_id: String(12_000 + (lines % 40)),
        country: line.country,
      },
    };
  };
  const batch = 'application/cloudevents-batch+json';

  // Older days are a first load; the hours of today came as they happened.
  const past = Array.from({ length: 600 }, (_, i) => {
    const agoMs = DAY_MS + ((i * 37) % (12 * 24)) * HOUR_MS + (i % 60) * 60_000;
    const country = COUNTRIES[(i * i) % COUNTRIES.length] ?? 'France';
    return lineOf({
      country,
      quantity: 1 + (i % 9),
      price: '24.950',
      agoMs,
      cancels: i % 17 === 0,
    });
  });
  await post('/v1/events?historical=true', batch, past);
  const recent = Array.from({ length: 240 }, (_, i) =>
    lineOf({
      country: COUNTRIES[i % COUNTRIES.length] ?? 'France',
      quantity: 1 + ((i * 7) % 11),
      price: '31.500',
      agoMs: (i % 180) * 60_000,
      cancels: i % 29 === 0,
    }),
  );
  await post('/v1/events?historical=true', batch, recent);

  const enter: Shop['enter'] = (team, daysAgo, value) =>
    post('/v1/metrics/staff-on-duty/entries', 'application/json', {
      window: dayOf(daysAgo),
      labels: { team },
      value,
    });
  for (const [i, team] of TEAMS.entries())
    for (const day of ENTERED_DAYS) await enter(team, day, String(8 + ((i + day * 3) % 7)));
  await enter('Packing', 0, '11');

  return {
    url,
    enter,
    async api<T>(path: string): Promise<T> {
      const response = await fetch(`${url}${path}`, { headers });
      expect(response.status, path).toBe(200);
      return (await response.json()) as T;
    },
    sell: (line) => post('/v1/events', batch, [lineOf(line)]),
    stop: stack.stop,
  };
}

/** The day in London, as entries name it. */
export const dayOf = (daysAgo: number): string =>
  new Intl.DateTimeFormat('en-CA', { timeZone: 'Europe/London' }).format(
    Date.now() - daysAgo * DAY_MS,
  );

/** The demo's, and dashboards for walls. */
function writeCatalog(name: string): string {
  const folder = stackDirectory(`${name}-files`);
  for (const part of ['catalog', 'schemas'])
    cpSync(join(repositoryDir, part), join(folder, part), { recursive: true });
  writeFileSync(join(folder, 'catalog', 'walls.yaml'), wallDocuments());
  return join(folder, 'catalog');
}

function writeTokens(name: string): string {
  const directory = stackDirectory(`${name}-tokens`);
  mkdirSync(directory, { recursive: true });
  const file = join(directory, 'tokens.json');
  const digest = (token: string): string => createHash('sha256').update(token).digest('hex');
  const principals = {
    [digest(TOKEN)]: {
      person: 'person:sophie',
      roles: ['reader', 'owner', 'ingest', 'historical'],
    },
    [digest(READER_TOKEN)]: { person: 'person:james', roles: ['reader'] },
  };
  writeFileSync(file, JSON.stringify(principals));
  return file;
}
