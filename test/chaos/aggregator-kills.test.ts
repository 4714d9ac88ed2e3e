import { afterAll, beforeAll } from 'vitest';
import { expectRecovered } from './support/checker.ts';
import { orderFeed } from './support/order-feed.ts';
import { keepResults, row } from './support/row.ts';
import { openWorld, untilReady } from './support/world.ts';
import type { World } from './support/world.ts';

keepResults('aggregator-kills');
let world: World;
beforeAll(async () => {
  world = await openWorld({ name: 'aggregator-kills' });
});
afterAll(() => world?.close());

row(
  18,
  'kill -9 of the aggregator changes no value',
  { guard: 'cells and cursors move in one step' },
  async (notes) => {
    const ingest = await world.serve('ingest');
    const aggregator = await world.serve('aggregator');
    await untilReady(ingest);
    const feed = orderFeed({ name: 'kills', seed: 1, urls: () => [ingest.url()] });
    await feed.send(20);
    await aggregator.kill();
    await feed.send(20);
    await aggregator.start();
    notes['recovered_ms'] = await expectRecovered(world);
  },
);
