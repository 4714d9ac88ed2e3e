import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import kafkajs from 'kafkajs';
import { expect } from 'vitest';
import { readRunFile } from '../../../../services/platform/embedded/run-file.ts';
import { stackDirectory, startStack } from '../../../support/stack.ts';

export const TOKEN = 'a-token-of-a-steward';
/** Of somebody who may read, and neither import nor resend. */
export const READER_TOKEN = 'a-token-of-a-reader';
export const RETAIL_TYPE = 'com.example.retail.invoice-line';
export const SOURCE = '/test/data';

export type Line = {
  readonly id: string;
  readonly quantity?: number;
  readonly price?: string;
  readonly agoMs?: number;
};
/** An installation of the demo's catalogue without its data. */
export type DataSite = {
  readonly url: string;
  readonly api: <T>(path: string) => Promise<T>;
  /** Invoice lines through the front door. */
  readonly send: (...lines: readonly Line[]) => Promise<void>;
  /** A record of the retailer's topic as some other program might write it. */
  readonly write: (partition: number, value: string) => Promise<void>;
  readonly stop: () => Promise<unknown>;
};

/** @param name folder under test/output */
export async function startDataSite(name: string): Promise<DataSite> {
  const stack = await startStack({
    name,
    environment: { TIDEMARK_TOKENS_FILE: writeTokens(`${name}-tokens`) },
  });
  const headers = { authorization: `Bearer ${TOKEN}` };
  return {
    url: stack.url,
    async api<T>(path: string) {
      const response = await fetch(`${stack.url}${path}`, { headers });
      expect(response.status, path).toBe(200);
      return (await response.json()) as T;
    },
    async send(...lines) {
      const response = await fetch(`${stack.url}/v1/events`, {
        method: 'POST',
        headers: { ...headers, 'content-type': 'application/cloudevents-batch+json' },
        body: JSON.stringify(lines.map(eventOf)),
      });
      expect(response.status, await response.clone().text()).toBe(202);
    },
    async write(partition, value) {
      const { brokers } = readRunFile(stack.dataDir);
      const kafka = new kafkajs.Kafka({
        brokers: [...brokers],
        logLevel: kafkajs.logLevel.NOTHING,
      });
      const producer = kafka.producer({
        createPartitioner: kafkajs.Partitioners.DefaultPartitioner,
      });
      await producer.connect();
      await producer.send({ topic: `events.${RETAIL_TYPE}`, messages: [{ partition, value }] });
      await producer.disconnect();
    },
    stop: stack.stop,
  };
}

const eventOf = ({ id, quantity = 1, price = '1.000', agoMs = 0 }: Line): object => ({
  specversion: '1.0',
  id,
  source: SOURCE,
  type: RETAIL_TYPE,
  subject: 'one-order',
  time: new Date(Date.now() - agoMs).toISOString(),
  data: {
    invoice_no: '900001',
    line: 1,
    stock_code: '85123A',
    description: null,
    quantity,
    unit_price: price,
    customer_id: null,
    country: 'United Kingdom',
  },
});

function writeTokens(name: string): string {
  const directory = stackDirectory(name);
  mkdirSync(directory, { recursive: true });
  const file = join(directory, 'tokens.json');
  const digest = (token: string): string => createHash('sha256').update(token).digest('hex');
  writeFileSync(
    file,
    JSON.stringify({
      [digest(TOKEN)]: { person: 'person:anna', roles: ['admin'] },
      [digest(READER_TOKEN)]: { person: 'person:ben', roles: ['reader'] },
    }),
  );
  return file;
}
