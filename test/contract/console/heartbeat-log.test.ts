import { afterAll } from 'vitest';
import { kafkaHeartbeats } from '../../../services/console/adapters/pipeline-heartbeats.ts';
import type { SeenHeartbeat } from '../../../services/console/core/pipeline-heartbeats.ts';
import { openLogBounds } from '../../../services/platform/kafka/log-bounds.ts';
import { openEventLog } from '../../support/event-log.ts';
import { anEventType } from '../../support/metrics.ts';
import { openTestPlatform } from '../../support/platform.ts';
import { heartbeatLogContract } from './heartbeat-log.ts';

heartbeatLogContract('memory', () => {
  const seen = new Map<number, SeenHeartbeat>();
  return Promise.resolve({
    topic: 't',
    of: () => Promise.resolve([...seen.values()]),
    beat(partition, oldestAcceptedMs) {
      const instance = 'ingest-1';
      seen.set(partition, { instance, partition, oldestAcceptedMs, appendMs: Date.now() });
      return Promise.resolve(instance);
    },
    pass: () => {},
  });
});

const closing: (() => Promise<void>)[] = [];
afterAll(async () => {
  for (const close of closing.reverse()) await close();
});

heartbeatLogContract('Kafka', async () => {
  const type = anEventType();
  const platform = await openTestPlatform({ eventTypes: [type] });
  const log = await openEventLog(platform, type);
  const bounds = openLogBounds(platform.kafka);
  let laterMs = 0;
  const now = (): number => Date.now() + laterMs;
  const heartbeats = kafkaHeartbeats({ ...platform, now }, bounds.of);
  closing.push(platform.close, bounds.close, log.close, heartbeats.close);
  return {
    topic: log.topic,
    of: heartbeats.of,
    async beat(partition, oldestAcceptedMs) {
      await log.heartbeats([partition], oldestAcceptedMs);
      const content = (await log.readAll()).find(
        (record) => record.partition === partition,
      )?.content;
      return content?.kind === 'heartbeat' ? content.instance : '';
    },
    pass: () => void (laterMs += 1_000),
  };
});
