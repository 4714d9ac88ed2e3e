import { expect, test } from 'vitest';
import {
  INSTANCE_TTL_MS,
  partitionWatermark,
} from '../../../../services/aggregator/core/watermark.ts';

const BOUND = 5_000;
const T = 1_000_000;
const beat = (instance: string, oldestAcceptedMs: number) => ({ instance, oldestAcceptedMs });

test('an event moves it to the earlier of event time and append time, less the bound', () => {
  const watermark = partitionWatermark(BOUND);
  watermark.onEvent(T, T + 100);
  expect(watermark.current()).toBe(T - BOUND);
  watermark.onEvent(T + 60_000, T + 200);
  expect(watermark.current()).toBe(T + 200 - BOUND);
});

test('it never goes back', () => {
  const watermark = partitionWatermark(BOUND);
  watermark.onEvent(T, T);
  watermark.onEvent(T - 3_600_000, T + 1);
  watermark.onHeartbeat(beat('a', T - 50_000), T + 2);
  expect(watermark.current()).toBe(T - BOUND);
});

test('no heartbeat overtakes an event that another instance has accepted and not yet written', () => {
  const watermark = partitionWatermark(BOUND);
  watermark.onHeartbeat(beat('a', T), T);
  watermark.onHeartbeat(beat('slow', T - 4_000), T + 1_000);
  watermark.onHeartbeat(beat('a', T + 2_000), T + 2_000);
  expect(watermark.current()).toBe(T - BOUND);
});

test('F-061 an instance that was not heard of for ten seconds of append time holds it no more', () => {
  const watermark = partitionWatermark(BOUND);
  watermark.onHeartbeat(beat('dead', T - 1_000), T);
  watermark.onHeartbeat(beat('a', T + INSTANCE_TTL_MS), T + INSTANCE_TTL_MS);
  expect(watermark.current()).toBe(T - 1_000 - BOUND);
  watermark.onHeartbeat(beat('a', T + INSTANCE_TTL_MS + 1), T + INSTANCE_TTL_MS + 1);
  expect(watermark.current()).toBe(T + INSTANCE_TTL_MS + 1 - BOUND);
});

test('a heartbeat from a clock that runs ahead counts as its append time', () => {
  const watermark = partitionWatermark(BOUND);
  watermark.onHeartbeat(beat('fast', T + 3_600_000), T);
  expect(watermark.current()).toBe(T - BOUND);
});
