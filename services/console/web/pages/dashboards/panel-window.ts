import type { Point } from '../../../core/answers.ts';
import { formatWindow } from '../../data/format.ts';
import type { Place } from '../../data/format.ts';
import type { ShownGrain } from '../../data/grain.ts';

/** A window in words. */
export const windowText = (
  { start, end }: Pick<Point, 'start' | 'end'>,
  grain: ShownGrain,
  place: Place,
): string => formatWindow({ startMs: Date.parse(start), endMs: Date.parse(end) }, grain, place);
