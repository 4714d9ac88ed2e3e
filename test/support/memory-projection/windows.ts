import type { SimpleMetric } from '../../../services/kernel/definitions.ts';
import { watermarkOf } from './projection.ts';
import type { MemoryProjection, StoredWindow } from './projection.ts';

/** Moves windows on that the watermark has passed, at most so many. @returns how many */
export function advanceDue(
  projection: MemoryProjection,
  metric: SimpleMetric,
  limit: number,
): number {
  const watermark = watermarkOf(projection);
  const due = [...projection.windows.values()]
    .filter((window) => window.due <= watermark)
    .sort((a, b) => a.due - b.due)
    .slice(0, limit);
  for (const window of due) advanceWindow(projection, window, { watermark, metric });
  return due.length;
}

function advanceWindow(
  projection: MemoryProjection,
  window: StoredWindow,
  at: { watermark: number; metric: SimpleMetric },
): void {
  const lateness = at.metric.latenessMs;
  const gone = window.endMs + Math.max(lateness, at.metric.retentionMs[window.grain]);
  const key = `${window.grain}|${window.startMs}`;
  if (at.watermark >= gone) {
    projection.windows.delete(key);
    for (const number of window.cells.keys()) projection.dirty.delete(`${key}|${number}`);
    return;
  }
  const now = at.watermark >= window.endMs + lateness ? 2 : 1;
  window.due = now === 1 ? window.endMs + lateness : gone;
  if (now <= window.stage) return;
  window.stage = now;
  for (const number of window.cells.keys()) projection.dirty.add(`${key}|${number}`);
}
