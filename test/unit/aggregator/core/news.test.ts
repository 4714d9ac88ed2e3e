import { expect, test } from 'vitest';
import { createNews } from '../../../../services/aggregator/core/news.ts';
import type { FlushRequest } from '../../../../services/aggregator/core/flush.ts';
import type { ProjectionState } from '../../../../services/aggregator/core/projection-state.ts';
import { MINUTE_MS } from '../../../../services/kernel/time.ts';
import { span } from '../../../support/projection-flush.ts';

const heartbeats = (...watermarks: readonly number[]) => ({
  windows: [],
  spans: watermarks.map((watermarkMs, partition) => span({ partition, watermarkMs })),
});
const projection = {} as ProjectionState;
const cells: FlushRequest['windows'] = [
  { grain: 'minute', startMs: 0, endMs: MINUTE_MS, cells: [] },
];

test('heartbeats are news when the watermark of any partition passes a whole minute', () => {
  const hasNews = createNews();
  expect(hasNews(projection, heartbeats(MINUTE_MS, MINUTE_MS))).toBe(true);
  expect(hasNews(projection, heartbeats(2 * MINUTE_MS - 1, 2 * MINUTE_MS - 1))).toBe(false);
  expect(hasNews(projection, heartbeats(2 * MINUTE_MS, 2 * MINUTE_MS - 1))).toBe(true);
  expect(hasNews(projection, heartbeats(2 * MINUTE_MS))).toBe(false);
  expect(hasNews(projection, heartbeats(2 * MINUTE_MS + 1, 2 * MINUTE_MS))).toBe(true);
});

test('changed cells always are', () => {
  const hasNews = createNews();
  expect(hasNews(projection, heartbeats(MINUTE_MS))).toBe(true);
  expect(hasNews(projection, { ...heartbeats(MINUTE_MS), windows: cells })).toBe(true);
});
