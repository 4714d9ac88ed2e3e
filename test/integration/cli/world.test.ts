import { expect, test } from 'vitest';
import { systemTopicSpecs } from '../../../services/platform/kafka/topics.ts';
import { anEventType } from '../../support/metrics.ts';
import { openTestPlatform } from '../../support/platform.ts';

test('the world is open: topics are there, Redis answers, a service is run and stopped before it closes', async () => {
  const events: string[] = [];
  const platform = await openTestPlatform({ eventTypes: [anEventType()] });
  const admin = platform.kafka.admin();
  await admin.connect();
  const topics = await admin.listTopics();
  await admin.disconnect();
  expect(topics).toEqual(
    expect.arrayContaining(systemTopicSpecs(platform.config).map(({ topic }) => topic)),
  );
  expect(topics).toContain(`${platform.prefix}events.com.example.sales.order-booked`);
  expect(await platform.redis.ping()).toBe('PONG');
  await platform.run(async ({ http }) => {
    http.get('/hello', () => ({ hello: 'world' }));
    return {
      name: 'ingest',
      missing: () => [],
      stop: async () => {
        events.push(`stopped while Redis is ${platform.redis.status}`);
      },
    };
  });
  const url = await platform.listen();
  expect(await (await fetch(`${url}/hello`)).json()).toEqual({ hello: 'world' });
  await platform.close();
  expect(events).toEqual(['stopped while Redis is ready']);
  await expect(fetch(`${url}/hello`)).rejects.toThrow('fetch failed');
});

test('a catalogue of a test is changed while it runs, and listeners hear of it', async () => {
  await using platform = await openTestPlatform();
  const seen: string[][] = [];
  const stop = platform.catalog.onChange(({ eventTypes }) => seen.push([...eventTypes.keys()]));
  await platform.publish({ eventTypes: [anEventType({ id: 'one' })] });
  stop();
  await platform.publish({ eventTypes: [anEventType({ id: 'two' })] });
  expect(seen).toEqual([['one']]);
  expect([...platform.catalog.current().eventTypes.keys()]).toEqual(['two']);
});

test('an address that is not loopback is refused without tokens, before anything is opened', async () => {
  await expect(openTestPlatform({}, { TIDEMARK_HOST: '0.0.0.0' })).rejects.toMatchObject({
    code: 'config_invalid',
    message: expect.stringContaining('TIDEMARK_TOKENS_FILE'),
  });
});
