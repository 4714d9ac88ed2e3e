import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { stackDirectory, startStack } from '../../../support/stack.ts';

/** Who writes and who decides: nobody approves what they wrote. */
export const PEOPLE = {
  writer: { token: 'the-token-of-who-writes', person: 'person:li-wei', roles: ['reader', 'owner'] },
  approver: {
    token: 'the-token-of-who-decides',
    person: 'person:zhang-min',
    roles: ['reader', 'approver'],
  },
  admin: { token: 'the-token-of-who-may-all', person: 'person:anna', roles: ['admin'] },
} as const;

/** A whole installation of the demo's catalogue, without its data, in which people have roles. */
export type CatalogSite = {
  readonly url: string;
  /** As an administrator. @param body absent: it is read */
  readonly api: <T>(path: string, body?: object, method?: string) => Promise<T>;
  /** Invoice lines of these amounts, one each so many minutes, the last one `endAgoMs` ago. */
  readonly sell: (
    amounts: readonly number[],
    of: { readonly everyMs: number; readonly endAgoMs: number; readonly isHistorical?: boolean },
  ) => Promise<void>;
  /** One changes the text of a definition, or writes a new one, another publishes it, whatever it breaks. @param name `KIND/ID` */
  readonly publish: (name: string, change: (text: string) => string) => Promise<void>;
  readonly stop: () => Promise<unknown>;
};

/** @param name folder of its data: one per test file */
export async function startCatalogSite(name: string): Promise<CatalogSite> {
  const stack = await startStack({
    name,
    environment: { TIDEMARK_TOKENS_FILE: writeTokens(`${name}-tokens`) },
  });
  const { url } = stack;
  const authorization = { authorization: `Bearer ${PEOPLE.admin.token}` };
  let lines = 0;
  type Ask = { readonly path: string; readonly method: string; readonly body?: object | undefined };
  const askAs = async <T>(token: string, { path, method, body }: Ask): Promise<T> => {
    const response = await fetch(`${url}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(body ? { 'content-type': 'application/json' } : {}),
      },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    expect(response.status, `${path}: ${await response.clone().text()}`).toBeLessThan(300);
    return (await response.json()) as T;
  };
  return {
    url,
    api: (path, body, method = body ? 'POST' : 'GET') =>
      askAs(PEOPLE.admin.token, { path, method, body }),
    async publish(name, change) {
      type Document = { readonly published: { readonly text: string } };
      const known = await fetch(`${url}/v1/catalog/documents/${name}`, { headers: authorization });
      const before = known.ok ? ((await known.json()) as Document).published.text : '';
      const text = change(before);
      expect(text).not.toBe(before);
      const path = `/v1/catalog/drafts/${name}`;
      await askAs(PEOPLE.admin.token, { path, method: 'PUT', body: { text } });
      await askAs(PEOPLE.admin.token, { path: `${path}/submit`, method: 'POST', body: {} });
      await askAs(PEOPLE.approver.token, {
        path: `${path}/approve`,
        method: 'POST',
        body: { acceptsBreaks: true },
      });
    },
    async sell(amounts, { everyMs, endAgoMs, isHistorical = false }) {
      for (const [i, amount] of amounts.entries()) {
        lines += 1;
        const agoMs = endAgoMs + (amounts.length - 1 - i) * everyMs;
        const response = await fetch(`${url}/v1/events?historical=${String(isHistorical)}`, {
          method: 'POST',
          headers: { ...authorization, 'content-type': 'application/cloudevents+json' },
          body: JSON.stringify(eventOf(`8${String(lines).padStart(5, '0')}`, amount, agoMs)),
        });
        expect(response.status, await response.clone().text()).toBe(202);
      }
    },
    stop: stack.stop,
  };
}

function writeTokens(name: string): string {
  const directory = stackDirectory(name);
  mkdirSync(directory, { recursive: true });
  const file = join(directory, 'tokens.json');
  const entries = Object.values(PEOPLE).map(({ token, person, roles }) => [
    createHash('sha256').update(token).digest('hex'),
    { person, roles },
  ]);
  writeFileSync(file, JSON.stringify(Object.fromEntries(entries)));
  return file;
}

/** An invoice line of the demo's shape that sold one thing for the amount. */
const eventOf = (invoice: string, amount: number, agoMs: number): object => ({
  specversion: '1.0',
  id: `${invoice}-1`,
  source: '/test/catalog',
  type: 'com.example.retail.invoice-line',
  subject: invoice,
  time: new Date(Date.now() - agoMs).toISOString(),
  data: {
    invoice_no: invoice,
    line: 1,
    stock_code: '85123A',
    description: null,
    quantity: 1,
    unit_price: amount.toFixed(3),
    customer_id: null,
    country: 'United Kingdom',
  },
});
