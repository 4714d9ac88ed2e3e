import { expect, test } from 'vitest';
import type { AlertSummary } from '../../../../../services/console/web/data/alerts.ts';
import { episodesIn } from '../../../../../services/console/web/data/episodes.ts';

const at = (hour: number): string => new Date(hour * 3_600_000).toISOString();
const alert = (
  id: string,
  [startedAt, endedAt]: readonly [string | null, string | null],
  outcome: AlertSummary['outcome'] = null,
): AlertSummary => ({ id, startedAt, endedAt, outcome }) as AlertSummary;
const shown = (...alerts: readonly AlertSummary[]) =>
  episodesIn(alerts, { fromMs: 10 * 3_600_000, toMs: 20 * 3_600_000 }).map((one) => one.alert.id);

test('episodes that lie in the range or reach into it are shown, in order', () => {
  expect(
    shown(
      alert('later', [at(15), at(16)]),
      alert('reaches in', [at(5), at(11)]),
      alert('open', [at(6), null]),
      alert('before', [at(5), at(10)]),
      alert('after', [at(20), at(21)]),
    ),
  ).toEqual(['reaches in', 'open', 'later']);
});

test('what never burned, or was taken back, is not shown', () => {
  expect(shown(alert('none', [null, null]), alert('back', [at(12), at(13)], 'retracted'))).toEqual(
    [],
  );
});
