import { useEffect, useRef } from 'preact/hooks';
import { onLive } from './live.ts';
import type { SeriesPoints } from './points.ts';

/** What is shown of a metric. */
export type ShownValues = {
  readonly version: string;
  readonly series: SeriesPoints;
  /** Of the answer that it rests on. */
  readonly watermark: string | null;
};

/**
 * Whether an open window without a value was passed by the watermark after the answer was given: then it holds 0, or is
 * known to hold nothing. Where nothing was counted there is no cell, so no event tells that it closed.
 */
export function hasClosed(values: ShownValues, watermark: string | null): boolean {
  if (watermark === null) return false;
  const nowMs = Date.parse(watermark);
  const thenMs = values.watermark === null ? -Infinity : Date.parse(values.watermark);
  for (const { points } of values.series.values())
    for (const { value, state, end } of points) {
      if (value !== null || state !== 'open') continue;
      const endMs = Date.parse(end);
      if (thenMs < endMs && endMs <= nowMs) return true;
    }
  return false;
}

/** Asks again once an empty window closed, at most once for each watermark that is told. */
export function useClosings(
  metric: string,
  values: ShownValues | undefined,
  reload: () => void,
): void {
  const newest = useRef(values);
  newest.current = values;
  useEffect(
    () =>
      onLive('pipeline', ({ watermarks }) => {
        const told = watermarks.find((one) => one.metric === metric);
        const known = newest.current;
        if (!told || known?.version !== told.version) return;
        if (hasClosed(known, told.watermark)) reload();
      }),
    [metric, reload],
  );
}
