import { describe, expect, test } from 'vitest';
import { PartitionState } from '../../../services/alerting/core/partition/partition-state.ts';
import {
  decodePoint,
  encodePoint,
  reachedBy,
} from '../../../services/alerting/core/partition/recovery-point.ts';
import { replan } from '../../../services/alerting/core/partition/replan.ts';
import { restore } from '../../../services/alerting/core/partition/restore.ts';
import { cellMemoryMs } from '../../../services/alerting/core/plan/plan.ts';
import { MINUTE_MS } from '../../../services/kernel/time.ts';
import { at as hourMs, bench, plansOf, salesCatalog, T0 } from '../../support/alerting.ts';
import { catalogOf } from '../../support/platform.ts';

const LOG_MS = Date.UTC(2026, 4, 1);
const [plan] = plansOf(catalogOf(salesCatalog()));
const at = (cursor: number, activeFrom: number): PartitionState => {
  const state = new PartitionState(0, { cursor, activeFrom, logMs: LOG_MS, awakeMs: 0 });
  replan(state, plan ? [plan] : []);
  state.setCommandsNext(7);
  return state;
};

describe('what it takes to know again what is known', () => {
  test('memory reaches back from the watermark, wherever the clock of the log is', () => {
    const state = at(10, 3);
    const watermarkMs = LOG_MS - 1_000 * MINUTE_MS;
    const key = `${plan?.metric.id}@${plan?.metric.version}`;
    state.setProgress(key, { watermarkMs, knownFromMs: {}, cursors: [] });
    const reached = reachedBy(state, undefined);
    expect(reached).toMatchObject({ offset: 10, point: { commands: 7, dormantBelow: 3 } });
    const memoryMs = plan ? cellMemoryMs(plan) : 0;
    expect(reached?.point?.sinceMs).toBe(watermarkMs - memoryMs - MINUTE_MS);
  });

  test('a series that history brought is needed until a window of it was looked at, also by who reads it from the store', () => {
    const plans = plan ? [plan] : [];
    const world = bench();
    const state = world.state();
    const days = 24 * 100;
    world.value(0, 1_500, { backfilled: true });
    world.tick(days);
    expect(reachedBy(state, undefined)?.point?.sinceMs).toBe(T0 - MINUTE_MS);

    const { cursor, activeFrom, logMs, awakeMs } = state;
    const { fields, documents } = state.takeChanges();
    const kept = (all: typeof fields) =>
      new Map([...all].filter((one): one is [string, string] => one[1] !== null));
    const at = { cursor, activeFrom, logMs, awakeMs };
    const again = restore(0, { ...at, fields: kept(fields), documents: kept(documents) });
    replan(again, plans);
    expect(reachedBy(again, undefined)).toEqual(reachedBy(state, undefined));

    world.tick(days + 1);
    const memoryMs = plan ? cellMemoryMs(plan) : 0;
    expect(reachedBy(state, undefined)?.point?.sinceMs).toBe(
      hourMs(days + 1) - memoryMs - MINUTE_MS,
    );
  });

  test('while memory is filled again, what it is filled from is still needed', () => {
    const before = { offset: 20, point: { sinceMs: 5, commands: 2, dormantBelow: 1 } };
    expect(reachedBy(at(10, 20), before)).toEqual({
      offset: 20,
      point: { sinceMs: 5, commands: 7, dormantBelow: 20 },
    });
    expect(reachedBy(at(10, 20), undefined)).toBeUndefined();
  });

  test('it is read as it was written; what others left beside an offset is nothing', () => {
    const point = { sinceMs: LOG_MS, commands: 7, dormantBelow: 0 };
    expect(decodePoint(encodePoint(point))).toEqual(point);
    for (const text of [null, undefined, '', 'note', '{}', '{"sinceMs":"1"}', '[]', 'null'])
      expect(decodePoint(text)).toBeUndefined();
  });
});
