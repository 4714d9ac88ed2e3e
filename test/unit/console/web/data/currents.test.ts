import { expect, test } from 'vitest';
import type { Point, ValuesAnswer } from '../../../../../services/console/core/answers.ts';
import type { ManyAnswer } from '../../../../../services/console/core/overview/many.ts';
import { loadCurrents } from '../../../../../services/console/web/data/currents.ts';
import type { AskMany } from '../../../../../services/console/web/data/currents.ts';
import { totalOf } from '../../../../../services/console/web/data/home.ts';

const answerOf = (metric: string, value: string, state: Point['state'] = 'open'): ValuesAnswer =>
  ({
    metric,
    series: [{ labels: {}, points: [{ value, state, compare: { previous: { value: '9' } } }] }],
  }) as unknown as ValuesAnswer;
const refusalOf = (metric: string, code = 'grain_unavailable') => ({ metric, code, detail: '' });

/** Answers what it is told to, and keeps what it was asked. */
function asking(pages: readonly ManyAnswer[]) {
  const asked: Parameters<AskMany>[0][] = [];
  const left = [...pages];
  const ask: AskMany = (parameters) => {
    asked.push(parameters);
    const page = left.shift();
    return Promise.resolve(page ? [page] : []);
  };
  return { ask, asked };
}

test('a metric that keeps whole days is shown as far as its day has come, beside nothing', async () => {
  const { ask, asked } = asking([
    {
      metrics: [answerOf('sales', '5')],
      refused: [refusalOf('staff'), refusalOf('stock'), refusalOf('gone', 'not_found')],
    },
    { metrics: [answerOf('staff', '7'), answerOf('stock', '8', 'closed')], refused: [] },
  ]);
  const currents = await loadCurrents('day-to-date', ask);
  expect(asked).toEqual([{ window: 'day-to-date' }, { window: 'day', metric: 'staff,stock' }]);
  const shown = [...currents].map(([metric, answer]) => [
    metric,
    totalOf(answer)?.value,
    totalOf(answer)?.compare?.previous?.value,
  ]);
  expect(shown).toEqual([
    ['sales', '5', '9'],
    ['staff', '7', undefined],
    ['stock', '8', '9'],
  ]);
});

test('nothing more is asked where every metric has the window, or it has no whole one to stand in', async () => {
  const all = asking([{ metrics: [answerOf('sales', '5')], refused: [] }]);
  await loadCurrents('day-to-date', all.ask);
  expect(all.asked).toHaveLength(1);
  const month = asking([{ metrics: [], refused: [refusalOf('staff')] }]);
  await loadCurrents('month-to-date', month.ask);
  expect(month.asked).toHaveLength(1);
});
