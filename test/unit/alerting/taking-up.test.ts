import { expect, test } from 'vitest';
import { PartitionState } from '../../../services/alerting/core/partition/partition-state.ts';
import { takeUpWritten } from '../../../services/alerting/taking-up.ts';
import type { AlertRecord } from '../../../services/kernel/alert.ts';
import { hour, plans, running, tick } from '../../support/alerting-process.ts';
import { memoryWorld } from '../../support/memory-alerting.ts';

/** Of one alert, that fired and was resolved. @returns its records, and the offset that gave the last of them */
async function anEpisode(): Promise<{ records: readonly AlertRecord[]; last: number }> {
  const world = memoryWorld();
  const process = await running(world);
  world.write(tick(0), ...hour(0, 500), ...hour(1, 5000));
  await process.read();
  await process.alerting.stop();
  return { records: world.alerts, last: world.alerts.at(-1)?.inputOffset ?? -1 };
}
/** A partition that was stored up to this cursor and holds no alert. */
const storedUpTo = (cursor: number): PartitionState =>
  new PartitionState(0, { cursor, activeFrom: 0, logMs: 0, awakeMs: 0 });

test('an alert of a rule that is no more is brought back by its record at the cursor, and not by one of before', async () => {
  const { records, last } = await anEpisode();
  const broughtBack = (cursor: number): number => {
    const state = storedUpTo(cursor);
    takeUpWritten(state, records, []);
    return state.tracks.size;
  };
  expect([broughtBack(last + 1), broughtBack(last + 2)]).toEqual([1, 0]);
});

test('what was told before the cursor is decided and stored: nothing of it is waited for or counted on', async () => {
  const { records, last } = await anEpisode();
  const waitsFor = (cursor: number): boolean => {
    const state = storedUpTo(cursor);
    takeUpWritten(state, records, plans());
    return !state.toldBefore.isPassed(0);
  };
  expect([waitsFor(last + 1), waitsFor(last + 2)]).toEqual([true, false]);
});
