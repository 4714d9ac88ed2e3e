import { expect, vi } from 'vitest';
import { openKafkaLogs } from '../../../services/alerting/adapters/kafka-logs.ts';
import { redisAlertStore } from '../../../services/alerting/adapters/redis-alert-store.ts';
import type {
  AlertState,
  Episode,
  Message,
} from '../../../services/alerting/core/alert/episode.ts';
import { owedOf } from '../../../services/alerting/core/alert/lifecycle.ts';
import { NO_LINKS } from '../../../services/alerting/core/alert/message.ts';
import type { Delivery } from '../../../services/alerting/core/sending/delivery.ts';
import { recordOf } from '../../../services/alerting/core/alert/record.ts';
import { takeDelivery } from '../../../services/alerting/core/partition/delivered.ts';
import { apply } from '../../../services/alerting/core/partition/partition.ts';
import { PartitionState } from '../../../services/alerting/core/partition/partition-state.ts';
import { replan } from '../../../services/alerting/core/partition/replan.ts';
import { restore } from '../../../services/alerting/core/partition/restore.ts';
import type { AlertStore } from '../../../services/alerting/ports.ts';
import { readAlerts } from '../../../services/alerting/recovery.ts';
import type { RulePlan } from '../../../services/alerting/core/plan/plan.ts';
import type { AlertRecord } from '../../../services/kernel/alert.ts';
import { systemTopic } from '../../../services/kernel/topics.ts';
import { createRecordProducer } from '../../../services/platform/kafka/producer.ts';
import { plansOf } from '../../support/alerting.ts';
import { readPartition } from '../../support/read-log.ts';
import type { AlertWorld } from './alert-world.ts';
import type { World } from './world.ts';

type Logs = Awaited<ReturnType<typeof openKafkaLogs>>;
/** What one reading of a partition of `metric-updates` and of `commands` comes to, by whom nothing ever happened to. */
type Reading = {
  readonly state: PartitionState;
  readonly messages: ReadonlyMap<string, Message>;
  readonly records: readonly AlertRecord[];
};

/**
 * After faults ended, and with nothing under way: what receivers were told, what `alerts` holds and the state in Redis are
 * what one reading of the logs gives. Takes the partitions for itself: processes that run load theirs anew.
 */
export async function expectAsReadOnce({ world, receiver }: AlertWorld): Promise<void> {
  const { kafka, schemas, logger, redis, catalog, config } = world.platform;
  const { prefix } = world;
  const producer = createRecordProducer(kafka, { logger });
  const logs = await openKafkaLogs({ kafka, schemas, producer, prefix, groupId: `${prefix}check` });
  const store = redisAlertStore(redis, prefix);
  const plans = plansOf(catalog.current());
  const told = new Map<string, string>();
  try {
    await untilNothingIsOwed(store, logs);
    for (let partition = 0; partition < config.TIDEMARK_PARTITIONS; partition++) {
      const stored = await store.claim(partition, 'the checker');
      if (!stored) throw new Error(`nothing is stored of partition ${partition}`);
      const state = restore(partition, stored);
      replan(state, plans);
      const once = await readOnce(world, logs, { partition, to: stored.cursor, plans });
      expect(alertsOf(state, once.state)).toEqual(alertsOf(once.state, state));
      expect(othersOf(stored.fields)).toEqual(othersOf(once.state.takeChanges().fields));
      for (const [id, { body }] of once.messages) told.set(id, withoutLinks(body));
      const { records } = await logs.alerts.readFrom(partition, 0);
      expect(transitionsIn(records)).toEqual(transitionsIn(once.records));
      expect(newestOf(records)).toEqual(newestIn(state));
    }
  } finally {
    await logs.close();
    await producer.close();
  }
  const arrived = new Map(receiver.accepted().map(({ id }, i) => [id, bodyAt(receiver, i)]));
  expect(new Map([...arrived].toSorted(byId))).toEqual(new Map([...told].toSorted(byId)));
  for (const { headers, body } of receiver.received)
    expect(withoutLinks(body)).toBe(arrived.get(String(headers['webhook-id'])));
  expect(outOfOrder(receiver)).toEqual([]);
}

/** A message that has arrived is noted a moment later. */
const untilNothingIsOwed = (store: AlertStore, { updates }: Logs): Promise<void> =>
  vi.waitFor(
    async () => expect((await readAlerts({ store, updates })).flatMap(owedOf)).toEqual([]),
    { timeout: 20_000, interval: 50 },
  );

async function readOnce(
  { platform, prefix }: World,
  logs: Logs,
  of: { readonly partition: number; readonly to: number; readonly plans: readonly RulePlan[] },
): Promise<Reading> {
  const { partition, to, plans } = of;
  const state = new PartitionState(partition, { cursor: 0, activeFrom: 0, logMs: 0, awakeMs: 0 });
  replan(state, plans);
  const commands = await logs.commands.read(0, await logs.commands.end());
  const messages = new Map<string, Message>();
  const records: AlertRecord[] = [];
  const topic = systemTopic(prefix, 'metricUpdates');
  for (const { offset, value, appendMs } of await readPartition(platform.kafka, topic, partition)) {
    const update = value && offset < to ? await logs.updates.decode(value) : undefined;
    if (!update) continue;
    const news = commands.filter((one) => one.offset >= state.commandsNext);
    for (const emitted of apply(state, { offset, appendMs, update, commands: news }, NO_LINKS)) {
      records.push(recordOf(emitted, partition));
      for (const episode of episodesOf(emitted.alert))
        for (const message of episode.messages)
          if (!messages.has(message.id)) messages.set(message.id, message);
    }
    deliverAll(state);
  }
  return { state, messages, records };
}

/** What is owed arrives at once. */
function deliverAll(state: PartitionState): void {
  for (const { alert } of state.tracks.values())
    for (const { message } of owedOf(alert))
      takeDelivery(state, { alert: alert.id, messageId: message.id }, DELIVERED);
}
const DELIVERED: Delivery = {
  status: 'delivered',
  attempts: 1,
  firstAttemptMs: 0,
  nextAttemptMs: 0,
  detail: '204',
};

const episodesOf = ({ ended, episode }: AlertState): readonly Episode[] => [
  ...ended,
  ...(episode ? [episode] : []),
];

/** What is known of alerts, but for when and how often messages were tried. @param other that it is compared with */
const alertsOf = (state: PartitionState, other: PartitionState): object =>
  Object.fromEntries(
    [...state.tracks.values()]
      .map(({ alert, nextStartMs, isDormant }): [string, object] => [
        alert.id,
        {
          ...alertView(alert),
          timeline: timelineIn(alert, other.tracks.get(alert.id)?.alert),
          nextStartMs,
          isDormant,
        },
      ])
      .toSorted(byId),
  );

/** All else: cells, progress, silences, …, as they are stored. Of tracks, looks and slots `alertsOf` tells; where reading began anew is no part of the log. */
const othersOf = (fields: ReadonlyMap<string, string | null>): object =>
  Object.fromEntries(
    [...fields].filter(([name, text]) => text !== null && !/^[tlsab]\|/.test(name)).toSorted(byId),
  );

const alertView = ({ episode, ended, slots, last, ...alert }: AlertState) => ({
  ...alert,
  // Where nothing is told by it any more, the store keeps no evidence.
  last: last && { ...last, cursors: [] },
  slots: slots.toSorted((a, b) => a.startMs - b.startMs),
  episode: episode && episodeView(episode),
  ended: ended.map(episodeView),
});
/**
 * A timeline is bounded, and how many deliveries stand in it differs, since a message may be tried again: as many
 * transitions as both still have. That none is missing on the way, `alerts` says.
 */
function timelineIn(alert: AlertState, other: AlertState | undefined): AlertState['timeline'] {
  const transitions = (of: AlertState | undefined) =>
    of?.timeline.filter(({ kind }) => !DELIVERIES.has(kind)) ?? [];
  const count = Math.min(transitions(alert).length, transitions(other).length);
  return transitions(alert).slice(transitions(alert).length - count);
}
const DELIVERIES: ReadonlySet<string> = new Set(['delivered', 'not_delivered']);

const episodeView = ({ deliveries, messages, ...episode }: Episode) => ({
  ...episode,
  messages: messages.map(({ body, ...message }) => ({ ...message, body: withoutLinks(body) })),
  delivered: Object.entries(deliveries)
    .map(([id, { status }]) => `${id} ${status}`)
    .toSorted(),
});

/** The reading signs no links. */
function withoutLinks(body: string): string {
  if (body === '') return '';
  const { data, ...rest } = JSON.parse(body) as { data: { links: unknown } };
  const { links: _, ...told } = data;
  return JSON.stringify({ ...rest, data: told });
}

/** Each once: an alert that a late write overtook is said again as it became when it became so, behind a later record (core/partition/overtaken.ts). */
function transitionsIn(records: readonly AlertRecord[]): ReadonlySet<string> {
  const first = new Map<string, number>();
  for (const { id, transition, reason, episode, at, inputOffset } of records) {
    const said = [id, transition, reason, episode?.id, at].join(' ');
    if (!DELIVERIES.has(transition) && !first.has(said)) first.set(said, inputOffset);
  }
  return new Set([...first].map(([said, offset]) => `${said} ${offset}`).toSorted());
}

/** Whoever reads `alerts` alone finds each alert as it is. */
const newestOf = (records: readonly AlertRecord[]) => {
  const newest = new Map<string, AlertRecord>();
  for (const record of records)
    if (record.sequence >= (newest.get(record.id)?.sequence ?? 0)) newest.set(record.id, record);
  return [...newest.values()]
    .map(({ id, sequence, state, episode }) => ({ id, sequence, state, episode: episode?.id }))
    .toSorted(byAlert);
};
const newestIn = (state: PartitionState) =>
  [...state.tracks.values()]
    .filter(({ alert }) => alert.sequence > 0)
    .map(({ alert: { id, sequence, machine, episode, ended } }) => ({
      id,
      sequence,
      state: machine.condition,
      episode: (episode ?? ended.at(-1))?.id,
    }))
    .toSorted(byAlert);
const byAlert = (a: { readonly id: string }, b: { readonly id: string }): number =>
  a.id < b.id ? -1 : 1;
const byId = ([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number =>
  a < b ? -1 : 1;

type Receiver = AlertWorld['receiver'];
const bodyAt = (receiver: Receiver, index: number): string =>
  withoutLinks(receiver.received.filter(({ status }) => status < 300)[index]?.body ?? '');

/** Ends that arrived before their beginnings. */
function outOfOrder(receiver: Receiver): readonly string[] {
  const begun = new Set<string>();
  return receiver.accepted().flatMap(({ type, data }) => {
    const { episode } = data.alert;
    if (type === 'alert.firing') begun.add(episode);
    return type === 'alert.resolved' && !begun.has(episode) ? [episode] : [];
  });
}
