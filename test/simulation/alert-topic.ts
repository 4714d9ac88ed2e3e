import type { AlertRecord } from '../../services/kernel/alert.ts';
import { TidemarkError } from '../../services/kernel/errors.ts';
import type { AlertLog } from '../../services/alerting/ports.ts';
import { memoryAlertLog } from '../support/memory-alert-log.ts';
import type { FakeBroker } from './broker.ts';
import type { Chance } from './chance.ts';
import type { Process } from './process.ts';
import type { World } from './world.ts';

/** The topic `alerts`: what is written to it may land late or be told to have failed, and it is compacted. */
export type AlertTopic = {
  readonly logOf: (process: Process) => AlertLog;
  /** Below this offset it was looked for what landed late. */
  readonly checked: (partition: number, offset: number) => void;
  /** Of each alert the last record is left: of what was looked through, since Kafka does it much later. */
  readonly compact: () => void;
};

export function alertTopic(
  {
    scheduler,
    broker,
    faults,
  }: Pick<World, 'scheduler' | 'faults'> & { readonly broker: FakeBroker },
  draw: Chance,
  records: AlertRecord[],
): AlertTopic {
  const topic = memoryAlertLog(records);
  const taken = new Set<number>();
  const checkedNext = new Map<number, number>();

  return {
    logOf: (process) => ({
      async readFrom(partition, offset) {
        await broker.ask(process, () => undefined);
        const { next } = await topic.readFrom(partition, offset);
        const isLeft = ({ inputPartition }: AlertRecord, i: number): boolean =>
          i >= offset && inputPartition === partition && !taken.has(i);
        return { records: records.filter(isLeft), next };
      },
      async append(partition, added) {
        await process.clock.sleep(draw.between(0.5, 10));
        if (broker.isAway() || faults.happens('broker_error')) throw unwritten();
        if (faults.happens('late_alert_write')) {
          const inMs = faults.chance('late_alert_write').between(10, 5_000);
          scheduler.after(inMs, () => void topic.append(partition, added));
          throw unwritten();
        }
        const next = await topic.append(partition, added);
        if (faults.happens('write_unknown')) throw unwritten();
        return next;
      },
    }),
    checked: (partition, offset) => void checkedNext.set(partition, offset),
    compact() {
      const old = [...records.entries()].filter(
        ([offset, { inputPartition }]) => offset < (checkedNext.get(inputPartition) ?? 0),
      );
      const lasts = new Map(old.map(([offset, { id }]) => [id, offset]));
      for (const [offset, { id }] of old) if (lasts.get(id) !== offset) taken.add(offset);
    },
  };
}

const unwritten = (): Error => new TidemarkError('broker_unavailable', 'not written, or perhaps');
