import { expect, test } from 'vitest';
import { NO_LINKS } from '../../../../services/alerting/core/alert/message.ts';
import { recordOf } from '../../../../services/alerting/core/alert/record.ts';
import { apply } from '../../../../services/alerting/core/partition/partition.ts';
import { PartitionState } from '../../../../services/alerting/core/partition/partition-state.ts';
import { replan } from '../../../../services/alerting/core/partition/replan.ts';
import { takeUpLost } from '../../../../services/alerting/taking-up.ts';
import { bench, lowSales, plansOf, summary, taken } from '../../../support/alerting.ts';
import { catalogOf } from '../../../support/platform.ts';

const GOES_ON = plansOf(catalogOf(lowSales()));
const PAUSED = taken(catalogOf(lowSales({ paused: true })));

/** A rule that fired in the first hour was paused, another red hour closed, and the store was lost; the log is read again. */
function lost() {
  const b = bench();
  b.hour(0, 900);
  b.publish(lowSales({ paused: true }));
  b.hour(1, 800);
  const known = b.state().cursor;
  const records = b.emitted.map((one) => recordOf(one, 0));
  const state = new PartitionState(0, { cursor: 0, activeFrom: known, logMs: 0, awakeMs: 0 });
  // What Kafka keeps with the offset: alerting began at the first record.
  state.setDormantBelow(0);
  takeUpLost(state, records, { known, plans: GOES_ON });
  const read = (from: number, to: number) =>
    b.log.slice(from, to).flatMap((record) => apply(state, record, NO_LINKS));
  return { b, state, known, read };
}

test.each([0, 2, 3])(
  'a rule that goes on, when of %i records that were known some are to be read again, begins behind them all with the newest closed window',
  (paused) => {
    const { b, state, known, read } = lost();
    if (paused > 0) replan(state, PAUSED.plans, { paused: PAUSED.paused });
    expect(read(0, paused)).toEqual([]);
    replan(state, GOES_ON);
    expect(read(paused, known)).toEqual([]);
    b.tick(2.1);
    const [fired, ...more] = read(known, known + 1);
    expect(more).toEqual([]);
    expect(fired && summary(fired)).toBe('firing: already_breached');
    expect(fired?.alert.last).toMatchObject({ value: '800.00' });
    expect(fired?.alert.sequence).toBe(3);
  },
);
