import { expect, test, vi } from 'vitest';
import type { Delivery, Verdict } from '../../../services/alerting/core/sending/delivery.ts';
import type { Episode, Message } from '../../../services/alerting/core/alert/episode.ts';
import { dueOf, flushed, incidentOf } from '../../../services/alerting/core/alert/incident.ts';
import type { Told } from '../../../services/alerting/core/alert/incident.ts';
import { parseBody } from '../../../services/alerting/core/words/text-body.ts';
import { createDeliverer } from '../../../services/alerting/deliverer.ts';
import { mergeFor } from '../../../services/alerting/merging.ts';
import type { GroupSettings } from '../../../services/kernel/definitions.ts';
import { aRule, bench, salesCatalog } from '../../support/alerting.ts';
import { aMetric } from '../../support/metrics.ts';
import { memoryLimiter } from '../../support/memory-limiter.ts';
import { catalogOf } from '../../support/platform.ts';

const INCIDENT = { key: 'rule r', waitMs: 30_000, intervalMs: 300_000 };

test('the first of an incident is told at once, the others when the wait ends, later ones at intervals', () => {
  let told: Told | undefined;
  const due = (episode: string, nowMs: number) => {
    const answer = dueOf(told, INCIDENT, { episode, nowMs });
    ({ told } = answer);
    return answer.dueMs;
  };
  expect(due('a', 1_000)).toBe(1_000);
  expect(due('b', 2_000)).toBe(31_000);
  expect(due('c', 20_000)).toBe(31_000);
  told = told && flushed(told, 31_000);
  expect(due('a', 32_000)).toBe(331_000);
  expect(due('d', 40_000)).toBe(331_000);
  told = told && flushed(told, 331_000);
  expect(due('e', 700_000)).toBe(700_000);
});

test('an alert that is alone is never held up, its end neither', () => {
  let told: Told | undefined;
  for (const nowMs of [0, 1_000, 5_000, 200_000]) {
    const answer = dueOf(told, INCIDENT, { episode: 'a', nowMs });
    ({ told } = answer);
    expect(answer.dueMs).toBe(nowMs);
  }
});

test.each<[GroupSettings['by'], Record<string, string>, string | undefined]>([
  ['rule', {}, 'rule net-sales-low'],
  ['parent', {}, 'metric margin'],
  [{ dimension: 'store' }, { store: 'S1' }, 'store S1'],
  [{ dimension: 'store' }, {}, undefined],
  ['none', {}, undefined],
])('grouped by %j, %j belongs to %s', (by, labels, key) => {
  const margin = {
    ...aMetric({ id: 'margin' }),
    drivers: [{ metric: 'net-sales', operator: '+' as const }],
  };
  const catalog = catalogOf(
    salesCatalog({
      metrics: [aMetric({ timezone: 'UTC' }), margin],
      settings: { group: { by, waitMs: 1, intervalMs: 2 } },
    }),
  );
  const of = { rule: aRule(), metric: aMetric() };
  expect(incidentOf(catalog, of)?.(labels)?.key).toBe(key);
});

test("a rule's own word goes before the settings'; without any, alerts are told by themselves", () => {
  const group: GroupSettings = { by: 'rule', waitMs: 1, intervalMs: 2 };
  const b = (settings: object, notify: object) => {
    const made = bench(salesCatalog({ settings, rules: [aRule({ notify })] }));
    made.hour(0, 900);
    return made.messages()[0]?.incident?.key;
  };
  expect(b({ group }, {})).toBe('rule net-sales-low');
  expect(b({ group }, { group: { ...group, by: 'none' } })).toBeUndefined();
  expect(b({}, { group })).toBe('rule net-sales-low');
  expect(b({}, {})).toBeUndefined();
});

test('the ends that a rule leaves behind belong to what its alerts were told with', () => {
  const group: GroupSettings = { by: 'rule', waitMs: 1, intervalMs: 2 };
  const definitions = salesCatalog({ settings: { group } });
  const b = bench(definitions);
  b.hour(0, 900);
  expect(b.publish({ ...definitions, rules: [] })).toEqual(['resolved: rule_removed']);
  expect(b.messages().map(({ kind, incident }) => [kind, incident])).toEqual([
    ['firing', { key: 'rule net-sales-low', waitMs: 1, intervalMs: 2 }],
    ['resolved', { key: 'rule net-sales-low', waitMs: 1, intervalMs: 2 }],
  ]);
});

const aMessage = (id: string): Message => ({
  id: `msg_${id}`,
  receiver: 'ops',
  to: null,
  locale: 'en',
  timezone: 'UTC',
  kind: 'firing',
  body: JSON.stringify({
    type: 'alert.firing',
    data: { alert: { id, episode: id, rule: 'r', severity: 'warning' } },
  }),
  decidedAtMs: 0,
  shownAtMs: 0,
});
const until = (check: () => void) => vi.waitFor(check, { timeout: 5_000, interval: 2 });

function setUp(type: 'dingtalk' | 'alertmanager' = 'dingtalk', count = 1_000, waitMs = 80) {
  const sent: Message[] = [];
  const notes = new Map<string, Delivery>();
  const receiver = { id: 'ops', type, url: 'https://a.example/b' } as const;
  const deliverer = createDeliverer({
    messenger: async (message): Promise<Verdict> => {
      sent.push(message);
      return { kind: 'delivered', detail: '0' };
    },
    now: Date.now,
    schedule: [1, 1, 1],
    observer: { attempted: () => undefined },
    note: async ({ messageId }, delivery) => {
      notes.set(messageId, delivery);
    },
    pace: {
      limiter: memoryLimiter(() => [{ count, perMs: 1_000 }]),
      merge: mergeFor(() => receiver),
    },
    isGrouped: () => type === 'dingtalk',
  });
  const offer = (partition: number, ...ids: readonly string[]) => {
    for (const id of ids) {
      const incident = { key: 'rule r', waitMs, intervalMs: 2 * waitMs };
      const message = { ...aMessage(id), incident };
      const episode = { id } as Episode;
      deliverer.offer(partition, id, [{ message, episode, delivery: undefined }]);
    }
  };
  const counts = () => sent.map(({ body }) => parseBody(body).data.alerts?.length ?? 1);
  return { deliverer, sent, notes, offer, counts };
}
const ids = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, i) => `${from + i}`);

test('forty alerts of one incident, from two partitions: two messages, every alert told and noted', async () => {
  const { deliverer, notes, offer, counts } = setUp();
  offer(0, ...ids(0, 20));
  offer(1, ...ids(20, 40));
  await until(() => expect(notes.size).toBe(40));
  expect(counts()).toEqual([1, 39]);
  offer(0, ...ids(40, 43));
  await until(() => expect(notes.size).toBe(43));
  expect(counts()).toEqual([1, 39, 3]);
  await deliverer.stop();
});

test('a receiver that takes no message about several alerts gets each at once', async () => {
  const { deliverer, notes, offer, counts } = setUp('alertmanager', 1_000, 60_000);
  offer(0, ...ids(0, 5));
  await until(() => expect(notes.size).toBe(5));
  expect(counts()).toEqual([1, 1, 1, 1, 1]);
  await deliverer.stop();
});

test('what another process takes over is not told from here', async () => {
  const { deliverer, sent, notes, offer, counts } = setUp();
  offer(0, 'first');
  offer(1, ...ids(0, 3));
  offer(0, ...ids(3, 6));
  deliverer.forget(1);
  await until(() => expect(notes.size).toBe(4));
  expect(counts()).toEqual([1, 3]);
  expect(sent).toHaveLength(2);
  await deliverer.stop();
});
