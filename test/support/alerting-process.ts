import type { Delivery } from '../../services/alerting/core/sending/delivery.ts';
import { formatDecimal } from '../../services/kernel/decimal.ts';
import type { MetricUpdate } from '../../services/kernel/update.ts';
import { HOUR, plansOf, salesCatalog, T0 } from './alerting.ts';
import type { memoryWorld } from './memory-alerting.ts';
import { catalogOf } from './platform.ts';
import type { Definitions } from './platform.ts';

/** Of a catalogue; by default that of one rule on sales. */
export const plans = (definitions: Definitions = salesCatalog()) => plansOf(catalogOf(definitions));
export const tick = (hour: number, metric = 'net-sales'): MetricUpdate => {
  const watermark = T0 + hour * HOUR;
  return { kind: 'tick', metric, version: 'v1', watermark, cursors: [], at: watermark };
};
/** A value of that hour, in the unit of its metric, and the tick at which the hour closes. */
export const hour = (
  number: number,
  value: number,
  metric = 'net-sales',
): readonly MetricUpdate[] => {
  const start = T0 + number * HOUR;
  return [
    {
      kind: 'value',
      metric,
      version: 'v1',
      series: '[]',
      grain: 'hour',
      start,
      end: start + HOUR,
      accumulators: { contributions: 10, sum: value * 100 },
      value: formatDecimal(value * 100, 2),
      state: 'open',
      revision: 0,
      backfilled: false,
      watermark: start,
      cursors: [],
      at: start,
    },
    tick(number + 1, metric),
  ];
};
export const DELIVERED: Delivery = {
  status: 'delivered',
  attempts: 1,
  firstAttemptMs: 1,
  nextAttemptMs: 1,
  detail: '204',
};

type World = ReturnType<typeof memoryWorld>;
/** A process that has read everything. */
export async function running(
  world: World,
  definitions?: Definitions,
  over: Parameters<World['open']>[0] = {},
) {
  const process = world.open(over);
  await process.alerting.setPlans(plans(definitions));
  await process.alerting.start();
  await process.read();
  return process;
}
/** What it owes: kinds of messages, oldest first. */
export const kinds = (process: { owed: ReadonlyMap<string, { message: { kind: string } }> }) =>
  [...process.owed.values()].map(({ message }) => message.kind);
/** On the topic of alerts, by all processes. */
export const transitions = (world: World) => world.alerts.map(({ transition }) => transition);
