import { expect, test } from 'vitest';
import type { HistoryAnswer } from '../../../../../services/console/core/catalog/answers.ts';
import { versionsIn } from '../../../../../services/console/web/data/versions.ts';

type Item = HistoryAnswer['items'][number];
const HOUR_MS = 3_600_000;
const item = (hour: number, version: string | null, state: Item['state'] = 'published'): Item => ({
  revision: hour,
  at: new Date(hour * HOUR_MS).toISOString(),
  author: 'person:anna',
  origin: 'console',
  version,
  state,
  text: '',
});
/** @param items oldest first */
const shown = (...items: readonly Item[]) =>
  versionsIn(items.toReversed(), { fromMs: 10 * HOUR_MS, toMs: 20 * HOUR_MS }).map(
    ({ atMs, version }) => [atMs / HOUR_MS, version],
  );

test('a version is marked where it was published, in order, if that lies in the range', () => {
  expect(shown(item(9, 'a'), item(10, 'b'), item(15, 'c'), item(20, 'd'))).toEqual([
    [10, 'b'],
    [15, 'c'],
  ]);
});

test('other words for the same values are no version', () => {
  expect(shown(item(9, 'a'), item(11, 'a'), item(12, 'b'), item(13, 'b'))).toEqual([[12, 'b']]);
});

test('what was gone back to is marked again, and so is what was retired and came back', () => {
  expect(shown(item(11, 'a'), item(12, 'b'), item(13, 'a'))).toEqual([
    [11, 'a'],
    [12, 'b'],
    [13, 'a'],
  ]);
  expect(shown(item(11, 'a'), item(12, 'a', 'retired'), item(13, 'a'))).toEqual([
    [11, 'a'],
    [13, 'a'],
  ]);
});

test('a definition that cannot be read any more has no version to mark', () => {
  expect(shown(item(11, null), item(12, 'a'))).toEqual([[12, 'a']]);
});
