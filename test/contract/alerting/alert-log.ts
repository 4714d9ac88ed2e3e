import { describe, expect, test } from 'vitest';
import type { AlertRecord } from '../../../services/kernel/alert.ts';
import type { AlertLog } from '../../../services/alerting/ports.ts';

const aRecord = (id: string, over: Partial<AlertRecord> = {}): AlertRecord => ({
  id,
  rule: 'net-sales-low',
  ruleVersion: 'r1',
  severity: 'critical',
  metric: 'net-sales',
  metricVersion: 'v1',
  series: '[]',
  state: 'firing',
  transition: 'firing',
  reason: 'breach',
  at: 1_700_000_000_000,
  sequence: 1,
  episode: { id: 'e1', startedAt: 1_700_000_000_000, endedAt: null, outcome: null },
  window: { start: 0, end: 3_600_000, state: 'closed', revision: 0 },
  value: '12.34',
  previous: null,
  threshold: '100',
  worst: '12.34',
  recovered: null,
  accountable: 'person:li-wei',
  deputy: null,
  inputPartition: 0,
  inputOffset: 7,
  acknowledgedBy: null,
  acknowledgedUntil: null,
  assignee: null,
  mutedBy: null,
  escalationStep: 0,
  command: -1,
  document: '{}',
  ...over,
});

/** What alerting needs of the topic `alerts`, whoever keeps it. */
export function alertLogContract(name: string, open: () => Promise<AlertLog>): void {
  describe(`the log of alerts, ${name}`, () => {
    test('what was appended is read back as it was, in order', async () => {
      const log = await open();
      const records = [aRecord('a'), aRecord('b', { value: null, window: null, episode: null })];
      const { next: start } = await log.readFrom(0, 0);
      expect(await log.append(0, records)).toBe(start + 2);
      expect(await log.readFrom(0, start)).toEqual({ records, next: start + 2 });
    });

    test('reading goes on where the last append ended, and finds nothing before the next', async () => {
      const log = await open();
      const next = await log.append(0, [aRecord('a')]);
      expect(await log.readFrom(0, next)).toEqual({ records: [], next });
      await log.append(0, [aRecord('b')]);
      expect((await log.readFrom(0, next)).records).toEqual([aRecord('b')]);
    });

    test('what lands late is read where it lies, behind what is newer, and tells itself by its sequence', async () => {
      const log = await open();
      const { next: start } = await log.readFrom(0, 0);
      const old = aRecord('a');
      const ended = aRecord('a', { state: 'ok', transition: 'resolved', sequence: 2 });
      await log.append(0, [old, ended]);
      await log.append(0, [old]);
      const { records } = await log.readFrom(0, start);
      expect(records.map(({ sequence }) => sequence)).toEqual([1, 2, 1]);
    });

    test('each partition of updates reads its own records alone', async () => {
      const log = await open();
      await log.append(0, [aRecord('a')]);
      await log.append(1, [aRecord('b', { inputPartition: 1 })]);
      expect((await log.readFrom(0, 0)).records.map(({ id }) => id)).toEqual(['a']);
      expect((await log.readFrom(1, 0)).records.map(({ id }) => id)).toEqual(['b']);
    });
  });
}
