import { expect, test } from 'vitest';
import { catalogPlans } from '../../../../services/aggregator/core/catalog-plans.ts';
import type { CompileExpression } from '../../../../services/aggregator/core/expressions.ts';
import { catalogOf } from '../../../support/platform.ts';
import type { Definitions } from '../../../support/platform.ts';
import { aMetric, anEventType } from '../../../support/metrics.ts';

const compile: CompileExpression = (text) => {
  if (text === 'wrong') throw new Error('no such field');
  return {
    type: { kind: 'decimal', scale: 2, nullable: false },
    paths: [text.split('.')],
    evaluate: () => 0,
  };
};
const plansOf = (definitions: Definitions) =>
  catalogPlans(catalogOf(definitions), {
    topicOf: (type) => `events.${type}`,
    compilerOf: () => compile,
  });
const TOPIC = 'events.com.example.sales.order-booked';
const base: Definitions = { eventTypes: [anEventType()], metrics: [aMetric()] };

test('what does not concern the metrics of a topic leaves its signature alone', () => {
  const before = plansOf(base).topics.get(TOPIC)?.signature;
  const person = { id: 'anna', name: { en: 'Anna' }, locale: 'en', timezone: 'UTC', receivers: [] };
  const other = anEventType({ id: 'com.example.other' });
  const after = plansOf({
    ...base,
    people: [person],
    eventTypes: [anEventType(), other],
    metrics: [aMetric(), aMetric({ id: 'elsewhere', event: other.id })],
  });
  expect(after.topics.get(TOPIC)?.signature).toBe(before);
});

test('a metric that comes, goes or changes alters the signature; the event type alters both', () => {
  const before = plansOf(base).topics.get(TOPIC);
  const more = plansOf({ ...base, metrics: [aMetric(), aMetric({ id: 'b' })] }).topics.get(TOPIC);
  expect(more?.signature).not.toBe(before?.signature);
  expect(more?.typeSignature).toBe(before?.typeSignature);
  const wider = plansOf({ ...base, eventTypes: [anEventType({ outOfOrdernessMs: 1 })] });
  expect(wider.topics.get(TOPIC)?.typeSignature).not.toBe(before?.typeSignature);
});

test('a metric that cannot run is named, and the others run', () => {
  const { topics, faults } = plansOf({
    ...base,
    metrics: [
      aMetric(),
      aMetric({ id: 'broken', value: 'wrong' }),
      aMetric({ id: 'orphan', event: 'nothing' }),
      aMetric({ id: 'coarse', valueScale: 0 }),
    ],
  });
  expect(topics.get(TOPIC)?.plans.map(({ metric }) => metric.id)).toEqual(['net-sales']);
  expect(faults).toEqual([
    'broken: no such field',
    expect.stringContaining('coarse stores scale 0'),
    'orphan reads nothing, which is not published',
  ]);
});

test('the fields that are read are those that any expression of the metric names', () => {
  const metric = aMetric({
    where: 'data.status',
    dimensions: { store: 'data.store_id', by: 'subject' },
  });
  const plan = plansOf({ ...base, metrics: [metric] }).topics.get(TOPIC)?.plans[0];
  expect([...(plan?.fields ?? [])].sort()).toEqual(['amount', 'status', 'store_id']);
  expect(plan?.needsStrings).toBe(true);
});

test('a candidate is planned beside what is published, which it does not touch; alone, it is a topic', () => {
  const candidate = aMetric({ version: 'v-new', where: 'data.status' });
  const withCandidate = (definitions: Definitions) =>
    catalogPlans(
      { ...catalogOf(definitions), candidates: new Map([[candidate.id, candidate]]) },
      { topicOf: (type) => `events.${type}`, compilerOf: () => compile },
    ).topics.get(TOPIC);
  const before = plansOf(base).topics.get(TOPIC);
  const beside = withCandidate(base);
  const versions = (plans: readonly { readonly metric: { readonly version: string } }[] = []) =>
    plans.map(({ metric }) => metric.version);
  expect(versions(beside?.plans)).toEqual(versions(before?.plans));
  expect(versions(beside?.candidates)).toEqual(['v-new']);
  expect(beside?.signature).not.toBe(before?.signature);
  const alone = withCandidate({ eventTypes: [anEventType()] });
  expect([versions(alone?.plans), versions(alone?.candidates)]).toEqual([[], ['v-new']]);
  const published = plansOf({ ...base, metrics: [candidate] }).topics.get(TOPIC);
  expect(published?.signature).not.toBe(alone?.signature);
});
