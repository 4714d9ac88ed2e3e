import { expect } from 'vitest';
import { seededRandom } from '../support/tcp-proxy.ts';
import { lineFaults, serverFaults, serviceFaults, swizzle } from './support/campaign.ts';
import type { Fault } from './support/campaign.ts';
import { expectAckedInLog, expectRecovered, LIVE_WITHIN_MS } from './support/checker.ts';
import { orderFeed } from './support/order-feed.ts';
import { keepResults, row } from './support/row.ts';
import type { Notes } from './support/row.ts';
import { openWorld } from './support/world.ts';
import type { World } from './support/world.ts';

keepResults('campaign');
/** Of the first episode; each further one counts it up. */
const SEED = Number(process.env['CAMPAIGN_SEED'] ?? 1);
/** In whole episodes; without it one. */
const MINUTES = Number(process.env['CAMPAIGN_MINUTES'] ?? 0);
const EPISODE_FAULTS_MS = 40_000;
const EPISODE_MS_MAX = 300_000;

const faultsOf = (world: World, random: () => number): readonly Fault[] => {
  const { kafka, redis } = world.servers();
  const { links } = world;
  const lines = [
    ...links.kafka.map((line) => [line, 'line-to-kafka'] as const),
    [links.redis, 'line-to-redis'] as const,
    [links.registry, 'line-to-registry'] as const,
  ];
  return [
    ...world.running().flatMap((one, at) => serviceFaults(one, `${one.name}-${at}`)),
    ...[...kafka, redis].flatMap(serverFaults),
    ...lines.flatMap(([line, name]) => lineFaults(line, { name, random })),
    {
      name: 'FLUSHALL',
      begin: async () => void (await world.platform.redis.flushall().catch(() => undefined)),
      end: () => {},
    },
  ];
};

/** Everything at once for a while, then nothing; then all must be level and exact within a minute. */
async function episode(seed: number, notes: Notes): Promise<void> {
  process.stderr.write(`chaos campaign: CAMPAIGN_SEED=${seed}\n`);
  const world = await openWorld({
    name: 'campaign',
    own: { kinds: ['kafka', 'redis'], brokers: 1 },
  });
  try {
    const services = [];
    for (const name of ['ingest', 'ingest', 'aggregator', 'aggregator'] as const)
      services.push(await world.serve(name));
    const urls = () => world.running('ingest').map((one) => one.url());
    const feeds = [0, 1].map((at) => orderFeed({ name: `feed-${at}`, seed: seed + at, urls }));
    await Promise.all(feeds.map((feed) => feed.send(2)));
    for (const feed of feeds) feed.run({ everyMs: 300 });
    const random = seededRandom(seed);
    notes[`faults_${seed}`] = await swizzle({
      faults: faultsOf(world, random),
      random,
      forMs: EPISODE_FAULTS_MS,
    });
    world.links.heal();
    await Promise.all(feeds.map((feed) => feed.stop()));
    await Promise.all(feeds.map((feed) => feed.send(1)));
    notes[`recovered_ms_${seed}`] = await expectRecovered(world, LIVE_WITHIN_MS);
    const acked = feeds.flatMap((feed) => feed.acked);
    notes[`acked_${seed}`] = acked.length;
    expect(acked.length).toBeGreaterThan(100);
    await expectAckedInLog(world, acked);
  } finally {
    await world.close();
  }
}

row(
  93,
  'everything at once, by a seed: killed, paused, cut, muted, slowed, emptied; then all is level within a minute, and exact',
  { guard: 'all of the above', timeoutMs: MINUTES * 60_000 + EPISODE_MS_MAX },
  async (notes) => {
    const untilMs = performance.now() + MINUTES * 60_000;
    let seed = SEED;
    do await episode(seed++, notes);
    while (performance.now() < untilMs);
  },
);
