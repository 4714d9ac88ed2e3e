import { describe, expect, test } from 'vitest';
import { recordOf } from '../../../../services/alerting/core/alert/record.ts';
import { takeDelivery } from '../../../../services/alerting/core/partition/delivered.ts';
import {
  LastNumbers,
  RULES_MAX,
} from '../../../../services/alerting/core/partition/last-numbers.ts';
import { PartitionState } from '../../../../services/alerting/core/partition/partition-state.ts';
import { replan } from '../../../../services/alerting/core/partition/replan.ts';
import { restore } from '../../../../services/alerting/core/partition/restore.ts';
import { NOT_TRIED } from '../../../../services/alerting/core/sending/delivery.ts';
import { takeUpLost } from '../../../../services/alerting/taking-up.ts';
import type { AlertRecord } from '../../../../services/kernel/alert.ts';
import { aRule, bench, lowSales, plansOf, salesCatalog } from '../../../support/alerting.ts';
import type { Bench } from '../../../support/alerting.ts';
import { catalogOf } from '../../../support/platform.ts';

const GONE = salesCatalog({ rules: [aRule({ id: 'other', when: 'value < 1' })] });
const ID = 'net-sales-low';
const sequences = (b: Bench) =>
  b.emitted.filter(({ alert }) => alert.rule === ID).map(({ alert }) => alert.sequence);

/** An alert that fired, ended with its rule, and owes nobody anything any more: it is kept no longer. */
function forgotten(): {
  readonly b: Bench;
  readonly records: readonly AlertRecord[];
  readonly last: number;
} {
  const b = bench();
  b.hour(0, 900);
  b.publish(GONE);
  const said = [...b.emitted];
  for (const { id } of b.messages())
    for (const { alert } of b.state().tracks.values()) {
      const delivery = { ...NOT_TRIED, status: 'delivered', attempts: 1 } as const;
      const of = { alert: alert.id, messageId: id };
      said.push(...takeDelivery(b.state(), of, delivery));
    }
  expect(b.state().tracksOf(ID).all.size).toBe(0);
  const records = said.map((one) => recordOf(one, 0));
  return { b, records, last: Math.max(...records.map(({ sequence }) => sequence)) };
}

describe('a rule that is removed and comes back', () => {
  test('tells of its alerts under numbers that go on: readers would pass over lower ones', () => {
    const { b, last } = forgotten();
    b.publish(lowSales());
    expect(b.tick(1.1)).toEqual(['firing: already_breached']);
    expect(sequences(b)).toEqual([1, 2, last + 1]);
    expect(b.hour(1, 5000)).toEqual(['resolved: recovered']);
    expect(sequences(b).at(-1)).toBe(last + 2);
  });

  test('is numbered on by what is stored', () => {
    const { b, last } = forgotten();
    const { cursor, activeFrom, logMs, awakeMs } = b.state();
    const { fields } = b.state().takeChanges();
    const kept = new Map([...fields].filter((one): one is [string, string] => one[1] !== null));
    const head = { cursor, activeFrom, logMs, awakeMs };
    const again = restore(0, { ...head, fields: kept, documents: new Map() });
    expect(again.lastNumbers.of(ID)).toBe(last);
  });

  test('is numbered on after a loss, by the records of its alerts', () => {
    const { b, records, last } = forgotten();
    const lost = new PartitionState(0, { cursor: 0, activeFrom: 0, logMs: 0, awakeMs: 0 });
    takeUpLost(lost, records, { known: b.state().cursor, plans: plansOf(catalogOf(GONE)) });
    replan(lost, plansOf(catalogOf(GONE)));
    expect(lost.tracksOf(ID).all.size).toBe(0);
    expect(lost.lastNumbers.of(ID)).toBe(last);
  });

  test('of which nothing was ever told begins with the first number', () => {
    const b = bench();
    b.hour(0, 5000);
    b.publish(GONE);
    b.publish(lowSales());
    b.hour(1, 900);
    expect(sequences(b)).toEqual([1]);
  });
});

test('of more rules than are remembered each by its own, none begins too low, and the count stays bounded', () => {
  const stored = new Map<string, string | null>();
  const changed: string[] = [];
  const numbers = new LastNumbers((field) => changed.push(field));
  const put = (): void => {
    for (const field of changed.splice(0)) stored.set(field, numbers.encode(field));
  };
  for (let i = 0; i < RULES_MAX + 50; i++) numbers.note(`rule-${i}`, 100 - (i % 100));
  put();
  for (let i = 0; i < RULES_MAX + 50; i++)
    expect(numbers.of(`rule-${i}`)).toBeGreaterThanOrEqual(100 - (i % 100));
  const kept = [...stored].filter((one): one is [string, string] => one[1] !== null);
  expect(kept.length).toBeLessThanOrEqual(RULES_MAX + 1);
  const again = new LastNumbers(() => {});
  for (const [field, text] of kept) again.restore(field, text);
  for (const rule of ['rule-0', 'rule-700', 'never']) expect(again.of(rule)).toBe(numbers.of(rule));
});
