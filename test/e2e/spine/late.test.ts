import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Kafka, logLevel } from 'kafkajs';
import { readRunFile } from '../../../services/platform/embedded/run-file.ts';
import type { Json } from '../../../services/kernel/json.ts';
import { openCodec } from '../../../services/platform/avro/codec.ts';
import { createSchemaStore } from '../../../services/platform/schema-registry.ts';
import { readPartition } from '../../support/read-log.ts';
import {
  RETAIL_FILE,
  RETAIL_LINES,
  readConservation,
  readRetailDays,
  retailIds,
} from '../../support/retail.ts';
import { startStack } from '../../support/stack.ts';
import type { Stack } from '../../support/stack.ts';

const LATE_EVENT = new URL('../../../schemas/tidemark/late-event.avsc', import.meta.url);
const SOON = { timeout: 60_000, interval: 200 };

let stack: Stack;
beforeAll(async () => {
  stack = await startStack({ name: 'e2e-late' });
});
afterAll(() => stack?.[Symbol.asyncDispose]());

test('old invoices sent as live events count nowhere, and every single one is accounted for as late', async () => {
  const sent = await stack.tidemark('demo', 'retail', RETAIL_FILE, '--no-historical');
  expect(sent.code, sent.stderr).toBe(0);
  await expect
    .poll(
      async () => (await readConservation(stack.url)).find(({ metric }) => metric === 'lines'),
      SOON,
    )
    .toMatchObject({
      records: RETAIL_LINES,
      late: RETAIL_LINES,
      counted: 0,
      inFlight: 0,
      difference: 0,
    });
  for (const values of Object.values(await readRetailDays(stack.url)))
    expect(values.every((value) => Number(value) === 0)).toBe(true);
  expect(await lateIds()).toEqual(await retailIds());

  const trace = await stack.tidemark(
    'events',
    'trace',
    '/demo/retail',
    '536365-1',
    '--output',
    'json',
  );
  expect(JSON.parse(trace.stdout)).toMatchObject({ outcome: 'late' });
});

/** Ids on the late-events topic, each as often as it may be: at least once. */
async function lateIds(): Promise<ReadonlySet<string>> {
  const { brokers, registryUrl = '' } = readRunFile(stack.dataDir);
  const kafka = new Kafka({ brokers, logLevel: logLevel.NOTHING });
  const codec = await openCodec<{ readonly id: string }>(createSchemaStore(registryUrl, Date.now), {
    subject: 'late-events-value',
    schema: JSON.parse(readFileSync(LATE_EVENT, 'utf8')) as Json,
  });
  const admin = kafka.admin();
  await admin.connect();
  const partitions = await admin.fetchTopicOffsets('late-events');
  await admin.disconnect();
  const ids = new Set<string>();
  for (const { partition } of partitions)
    for (const { value } of await readPartition(kafka, 'late-events', partition)) {
      const late = value ? await codec.decode(value) : undefined;
      if (late?.ok) ids.add(late.value.id);
    }
  return ids;
}
