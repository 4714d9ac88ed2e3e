import { afterAll, beforeAll, expect, test } from 'vitest';
import { start } from '../../../services/ingest/main.ts';
import { eventTopic } from '../../../services/kernel/topics.ts';
import { heartbeatReader } from '../../../services/platform/avro/event-reader.ts';
import { createHttpServer } from '../../../services/platform/http.ts';
import { createTelemetry } from '../../../services/platform/telemetry.ts';
import { avroType } from '../../../services/platform/avro/types.ts';
import { FRAME_BYTES, frameSchemaId } from '../../../services/platform/avro/codec.ts';
import { aCloudEvent } from '../../support/cloud-events.ts';
import { ingestClient } from '../../support/ingest-client.ts';
import type { IngestClient } from '../../support/ingest-client.ts';
import { anEventType } from '../../support/metrics.ts';
import { openTestPlatform } from '../../support/platform.ts';
import type { TestPlatform } from '../../support/platform.ts';
import { readPartition } from '../../support/read-log.ts';

const TYPE = anEventType();
let platform: TestPlatform;
let post: IngestClient;
beforeAll(async () => {
  platform = await openTestPlatform({ eventTypes: [TYPE] }, { TIDEMARK_PARTITIONS: '2' });
  await platform.run(start);
  post = ingestClient(await platform.listen());
});
afterAll(() => platform.close());

type Beat = { instance: string; oldestAcceptedMs: number; appendMs: number };
type Entry = Beat | { ingestedAt: number };
const isBeat = (entry: Entry): entry is Beat => 'instance' in entry;

/** What lies in a partition, heartbeats and events, in order. */
async function entriesOf(partition: number): Promise<readonly Entry[]> {
  const topic = eventTopic(platform.prefix, TYPE.id);
  const records = await readPartition(platform.kafka, topic, partition);
  return Promise.all(
    records.map(async ({ value, appendMs }) => {
      const schema = (await platform.schemas.schemaById(frameSchemaId(value) ?? 0)) ?? null;
      const bytes = value ?? Buffer.alloc(0);
      const beat = heartbeatReader(schema)?.(bytes, FRAME_BYTES, bytes.length);
      if (beat) return { ...beat, appendMs };
      return avroType(schema).fromBuffer(bytes.subarray(FRAME_BYTES)) as { ingestedAt: number };
    }),
  );
}
const beatsOf = async (partition: number): Promise<readonly Beat[]> =>
  (await entriesOf(partition)).filter(isBeat);

test('idle partitions get heartbeats each second, of one instance, that vouch up to when they were written', async () => {
  await expect
    .poll(async () => (await beatsOf(0)).length, { timeout: 30_000, interval: 300 })
    .toBeGreaterThanOrEqual(3);
  const [first, second] = [await beatsOf(0), await beatsOf(1)];
  expect(new Set([...first, ...second].map(({ instance }) => instance)).size).toBe(1);
  expect(first[0]?.instance).toMatch(/^ingest-[0-9a-f]{8}$/);
  const gaps = first
    .slice(1)
    .map(({ oldestAcceptedMs }, index) => oldestAcceptedMs - (first[index]?.oldestAcceptedMs ?? 0));
  for (const gapMs of gaps) expect(gapMs).toBeGreaterThanOrEqual(1_000);
  for (const { oldestAcceptedMs, appendMs } of first)
    expect(oldestAcceptedMs).toBeLessThanOrEqual(appendMs);
});

test('a partition that events flow into gets one only a second after the last, the other one gets all', async () => {
  const idleBefore = await Promise.all([beatsOf(0), beatsOf(1)]);
  const busy = new Set<number>();
  let sent = 0;
  const subject = 'one subject, hence one partition';
  await expect
    .poll(
      async () => {
        const { body } = await post(JSON.stringify(aCloudEvent({ id: `busy-${sent++}`, subject })));
        busy.add(Number(body.results[0]?.position?.split('/')[1]));
        const idle = busy.has(0) ? 1 : 0;
        return (await beatsOf(idle)).length - (idleBefore[idle]?.length ?? 0);
      },
      { timeout: 30_000, interval: 100 },
    )
    .toBeGreaterThanOrEqual(3);
  expect(busy.size).toBe(1);
  const entries = await entriesOf([...busy][0] ?? 0);
  expect(entries.filter((entry) => !isBeat(entry))).toHaveLength(sent);
  for (const [index, entry] of entries.entries()) {
    const before = entries[index - 1];
    if (before && isBeat(entry) && !isBeat(before))
      expect(entry.oldestAcceptedMs - before.ingestedAt).toBeGreaterThanOrEqual(1_000);
  }
});

test('a second instance is another one, and writes no more once it is stopped', async () => {
  const [first] = await beatsOf(0);
  const ofOther = async (): Promise<number> =>
    (await beatsOf(0)).filter(({ instance }) => instance !== first?.instance).length;
  const other = await start({
    ...platform,
    telemetry: createTelemetry(),
    http: createHttpServer(platform.logger),
  });
  await expect.poll(ofOther, { timeout: 30_000, interval: 200 }).toBeGreaterThan(0);
  await other.stop();
  const count = await ofOther();
  const all = (await beatsOf(0)).length;
  await expect
    .poll(async () => (await beatsOf(0)).length, { timeout: 30_000, interval: 300 })
    .toBeGreaterThanOrEqual(all + 2);
  expect(await ofOther()).toBe(count);
});
