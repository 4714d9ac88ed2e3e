import type { AlertRecord } from '../../services/kernel/alert.ts';
import type { AlertLog } from '../../services/alerting/ports.ts';

/** The topic `alerts` in memory: one partition, so that its offsets count the records of all partitions of updates. */
export function memoryAlertLog(
  records: AlertRecord[] = [],
  onAppend: () => void = () => undefined,
): AlertLog {
  return {
    async append(_partition, added) {
      onAppend();
      records.push(...added);
      return records.length;
    },
    readFrom: async (partition, offset) => ({
      records: records.slice(offset).filter(({ inputPartition }) => inputPartition === partition),
      next: Math.max(records.length, offset),
    }),
  };
}
