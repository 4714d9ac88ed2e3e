import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Check, Slot } from '../../../services/alerting/core/alert/episode.ts';
import type { PartitionState } from '../../../services/alerting/core/partition/partition-state.ts';
import { restore } from '../../../services/alerting/core/partition/restore.ts';
import { backTestSeries } from '../../../services/alerting/core/proof/back-test.ts';
import { deriveHistory } from '../../../services/alerting/core/values/derived-history.ts';
import { parseWindowSize } from '../../../services/kernel/window-size.ts';
import { calendarOf } from '../../../services/kernel/window.ts';
import type { WindowSize } from '../../../services/kernel/window.ts';
import { outcomeOf, T0 } from '../../support/alerting.ts';
import { derivedOf, FORMULAS, historyOf, run } from '../../support/formula-windows.ts';
import type { Step } from '../../support/formula-windows.ts';
import { catalogOf } from '../../support/platform.ts';
import { storedAfter } from '../../support/stored-partition.ts';

const sizes = (...list: readonly string[]) =>
  fc.constantFrom(...list.map((text) => parseWindowSize(text) as WindowSize));
const OF_ONE_CELL = ['hour', 'day'];
const OF_HOURS = ['PT5H/PT1H', 'PT3H', 'day-to-date'];
const OF_DAYS = ['week', 'month', 'P3D/P1D', 'week-to-date', 'month-to-date'];

const steps = fc.array(
  fc.record({
    input: fc.nat(2),
    back: fc.constantFrom<number>(0, 0, 0, 1, 3, 6),
    amount: fc.integer({ min: 0, max: 90_000 }),
    hours: fc.constantFrom<number>(0, 0, 0, 1, 1, 2, 7, 30),
    isOld: fc.boolean(),
  }),
  { minLength: 1, maxLength: 40 },
);

const windowOf = (size: WindowSize, { endMs }: Slot) =>
  calendarOf({ timezone: 'UTC' }).windowAt(size, endMs - 1);

const formulas = fc.constantFrom(...FORMULAS);
/** Something is counted, so that there is an alert. */
const FIRST: Step = { input: 0, back: 0, amount: 1, hours: 0, isOld: false };

test('a rule judges any window of a formula by the value that the read API has of it', () => {
  let judged = 0;
  const windows = sizes(...OF_ONE_CELL, ...OF_HOURS, ...OF_DAYS);
  fc.assert(
    fc.property(formulas, windows, steps, (formula, window, list) => {
      const metric = derivedOf(formula);
      const all = list.map((step) => ({ ...step, isOld: false }));
      const { slots, read } = run(metric, window, [FIRST, ...all]);
      for (const slot of slots.filter(({ isClosed }) => isClosed)) {
        const at = windowOf(window, slot);
        if (at.startMs < T0) continue;
        const value = read(at);
        if (value !== null) judged++;
        expect(slot.value).toBe(value);
        const verdict = value === null ? 'absent' : Number(value) < 1000 ? 'breach' : 'clear';
        expect(slot.verdict).toBe(verdict);
      }
    }),
    { numRuns: 400 },
  );
  expect(judged).toBeGreaterThan(100);
});

test('so does the test of a rule over history', async () => {
  let judged = 0;
  await fc.assert(
    fc.asyncProperty(
      formulas,
      sizes(...OF_ONE_CELL, ...OF_HOURS, ...OF_DAYS),
      steps,
      async (formula, window, list) => {
        const metric = derivedOf(formula);
        const { read, rulePlan, definitions, ...of } = run(metric, window, [FIRST, ...list]);
        const toMs = of.watermarkMs;
        const asked = { grain: rulePlan.grain, fromMs: 0, toMs, series: ['[]'] };
        const cells = await deriveHistory(metric, catalogOf(definitions), {
          ...asked,
          cellsOf: ({ id }) => Promise.resolve(historyOf(of.cells, `${id}|${rulePlan.grain}|`)),
        });
        const closed = (cells ?? []).filter(({ end }) => end <= toMs);
        const onCheck = (check: Check): void => {
          if (check.verdict === 'inconclusive') return;
          if (check.count > 0) judged++;
          expect(check.value).toBe(read(check.window));
        };
        const range = { fromMs: T0, toMs };
        outcomeOf(backTestSeries(rulePlan, range, { series: '[]', cells: closed, onCheck }));
      },
    ),
    { numRuns: 200 },
  );
  expect(judged).toBeGreaterThan(100);
});

test('what is stored of the cells of a formula is what they were', () => {
  fc.assert(
    fc.property(formulas, sizes('PT3H', 'week'), steps, (formula, window, list) => {
      const { state, rulePlan } = run(derivedOf(formula), window, list);
      const cellsIn = (of: PartitionState) => of.memoryOf(rulePlan.memory).seriesOf('[]').cells;
      expect(cellsIn(restore(0, storedAfter(state)))).toEqual(cellsIn(state));
    }),
    { numRuns: 50 },
  );
});

test('a window with a cell of which an earlier version said the value alone is not judged', () => {
  let unknown = 0;
  fc.assert(
    fc.property(formulas, sizes(...OF_HOURS), steps, (formula, window, list) => {
      const all = [{ ...FIRST, isOld: true }, ...list];
      const { slots, read, old } = run(derivedOf(formula), window, all);
      for (const slot of slots.filter(({ isClosed }) => isClosed)) {
        const at = windowOf(window, slot);
        if (at.startMs < T0) continue;
        if ([...old].some((start) => start >= at.startMs && start < at.endMs)) {
          unknown++;
          expect(slot).toMatchObject({ value: null, verdict: 'inconclusive' });
        } else expect(slot.value).toBe(read(at));
      }
    }),
    { numRuns: 300 },
  );
  expect(unknown).toBeGreaterThan(100);
});
