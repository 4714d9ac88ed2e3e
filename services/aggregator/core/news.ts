import type { EpochMs } from '../../kernel/time.ts';
import { MINUTE_MS } from '../../kernel/time.ts';
import type { FlushRequest } from './flush.ts';
import { spanKey } from './gathering.ts';
import type { ProjectionState } from './projection-state.ts';

/**
 * Whether an applied flush left something to publish: it changed cells, or a partition's watermark passed a whole minute,
 * where windows of every grain end. What heartbeats alone bring in between is told by the tick of the second; a round for
 * each of them would be three commands a second and metric that find nothing.
 */
export type News = (
  projection: ProjectionState,
  flush: Pick<FlushRequest, 'windows' | 'spans'>,
) => boolean;

export function createNews(): News {
  /** The last one that was told, by partition. */
  const minutes = new WeakMap<ProjectionState, Map<string, EpochMs>>();
  return (projection, { windows, spans }) => {
    const own = minutes.get(projection) ?? new Map<string, EpochMs>();
    minutes.set(projection, own);
    let isNews = windows.length > 0;
    for (const { topic, partition, watermarkMs } of spans) {
      const key = spanKey(topic, partition);
      const minute = Math.floor(watermarkMs / MINUTE_MS);
      if (own.get(key) !== minute) isNews = true;
      own.set(key, minute);
    }
    return isNews;
  };
}
