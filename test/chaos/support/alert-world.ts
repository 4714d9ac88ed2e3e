import { expect, vi } from 'vitest';
import type { SimpleMetric } from '../../../services/kernel/definitions.ts';
import { formatDecimal } from '../../../services/kernel/decimal.ts';
import { partitionOf } from '../../../services/kernel/partitioner.ts';
import { seriesKey } from '../../../services/kernel/series.ts';
import { HOUR_MS } from '../../../services/kernel/time.ts';
import { updateKey } from '../../../services/kernel/update.ts';
import type { MetricUpdate } from '../../../services/kernel/update.ts';
import { openUpdateWriter } from '../../support/update-writer.ts';
import { openReceiver, SECRET } from '../../support/webhook-receiver.ts';
import type { WebhookReceiver } from '../../support/webhook-receiver.ts';
import { membersOf } from './group.ts';
import type { Links } from './links.ts';
import { document } from './orders-catalog.ts';
import type { ServiceProcess } from './service-process.ts';
import { openWorld, untilReady } from './world.ts';
import type { World } from './world.ts';

const METRIC = 'amount-sum';
const PARTITIONS = 2;
/** The least that the embedded broker allows is 1,000: short, for each step waits until somebody is given up. */
const SESSION_TIMEOUT_MS = '1500';
const RECEIVERS = ['desk-hook', 'watch-hook'] as const;
const SERIES_PER_PARTITION = 2;
/** Long ago: event time is the log's affair alone. */
const T0 = 1_700_000_000_000 - (1_700_000_000_000 % HOUR_MS);
const SOON = { timeout: 30_000, interval: 20 };

/** Two processes of alerting over real Kafka and Redis, each with lines of its own; the test writes what they read. */
export type AlertWorld = {
  readonly world: World;
  readonly receiver: WebhookReceiver;
  /** Some in each partition of `metric-updates`. */
  readonly series: readonly string[];
  readonly metric: SimpleMetric;
  /** Those two, in the order in which they were started. */
  readonly processes: readonly { readonly service: ServiceProcess; readonly links: Links }[];
  /** The next hour of every series has this value, then the watermark passes its end. */
  readonly hour: (value: number) => Promise<void>;
  /** Distinct messages of this type that have arrived. */
  readonly arrived: (type: string) => number;
  /** Waits until every series has told both receivers of one more `type` than `before`. */
  readonly untilTold: (type: string, before: number) => Promise<void>;
  /** Waits until both processes are there, ready, with one partition each. */
  readonly untilBoth: () => Promise<void>;
  readonly close: () => Promise<void>;
};

/** @param redisUrl a Redis of the test's own: what it holds is lost here */
export async function openAlertWorld(options: {
  readonly name: string;
  readonly redisUrl: string;
}): Promise<AlertWorld> {
  const receiver = await openReceiver();
  const world = await openWorld({
    ...options,
    metrics: [METRIC],
    documents: documents(receiver.url),
    settings: {
      TIDEMARK_PARTITIONS: String(PARTITIONS),
      TIDEMARK_SESSION_TIMEOUT_MS: SESSION_TIMEOUT_MS,
      TIDEMARK_WEBHOOK_ALLOW: '127.0.0.0/8',
    },
  });
  const [{ metric }] = world.catalog.pairs as [World['catalog']['pairs'][number]];
  const writer = await openUpdateWriter(world.platform);
  const series = someSeries();
  let hours = 0;

  const processes = await Promise.all(
    Array.from({ length: 2 }, async () => {
      const links = await world.openLinks();
      const environment = { SECRET_HOOK: SECRET };
      return { service: await world.serve('alerting', { links, environment }), links };
    }),
  );
  const arrived = (type: string): number =>
    new Set(receiver.accepted().flatMap((one) => (one.type === type ? [one.id] : []))).size;
  return {
    world,
    receiver,
    series,
    metric,
    processes,
    arrived,
    async hour(value) {
      await writer.write(...series.map((one) => valueOf(metric, one, { hour: hours, value })));
      await writer.write(tickOf(metric, ++hours));
    },
    untilTold: (type, before) =>
      vi.waitFor(() => expect(arrived(type) - before).toBe(series.length * RECEIVERS.length), SOON),
    async untilBoth() {
      const group = `${world.prefix}tidemark-alerting`;
      await vi.waitFor(async () => expect(await membersOf(world, group)).toBe(2), SOON);
      for (const { service } of processes) await untilReady(service);
    },
    async close() {
      receiver.release();
      await writer.close();
      await world.close();
      await receiver.close();
    },
  };
}

/** A team that is told by two webhooks, one after the other, of every hour of a store that sells too little. */
const documents = (url: string): readonly object[] => [
  ...RECEIVERS.map((id) =>
    document(
      'Receiver',
      { id },
      {
        type: 'webhook',
        url,
        format: 'standard',
        secret: { env: 'SECRET_HOOK' },
      },
    ),
  ),
  document('Team', { id: 'desk' }, { members: ['person:anna'], receivers: RECEIVERS }),
  document('Responsibility', { id: 'owners' }, [{ metric: METRIC, accountable: 'team:desk' }]),
  document(
    'AlertRule',
    { id: 'store-low', name: { en: 'Low store', zh: '门店偏低' } },
    {
      metric: METRIC,
      by: ['store'],
      window: 'hour',
      when: 'value < 1000',
      noData: 'keepLast',
      severity: 'critical',
    },
  ),
];

function someSeries(): readonly string[] {
  const found = new Map<number, string[]>();
  for (let i = 0; [...found.values()].flat().length < PARTITIONS * SERIES_PER_PARTITION; i++) {
    const series = seriesKey(['store'], [`S${i}`]);
    const home = partitionOf(Buffer.from(updateKey(METRIC, series)), PARTITIONS);
    const own = found.get(home) ?? [];
    if (own.length < SERIES_PER_PARTITION) found.set(home, [...own, series]);
  }
  return [...found.values()].flat();
}

const CURSORS = [{ topic: 'events.orders', partition: 0, offset: 7 }];

function valueOf(
  { id, version }: SimpleMetric,
  series: string,
  of: { readonly hour: number; readonly value: number },
): MetricUpdate {
  const start = T0 + of.hour * HOUR_MS;
  return {
    kind: 'value',
    metric: id,
    version,
    series,
    grain: 'hour',
    start,
    end: start + HOUR_MS,
    accumulators: { contributions: 10, sum: of.value * 100 },
    value: formatDecimal(of.value * 100, 2),
    state: 'open',
    revision: 0,
    backfilled: false,
    watermark: start,
    cursors: CURSORS,
    at: Date.now(),
  };
}

const tickOf = ({ id, version }: SimpleMetric, hour: number): MetricUpdate => ({
  kind: 'tick',
  metric: id,
  version,
  watermark: T0 + hour * HOUR_MS,
  cursors: CURSORS,
  at: Date.now(),
});
