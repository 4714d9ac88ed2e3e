import type { TargetOf } from '../../kernel/target.ts';
import { labelsOf } from '../../kernel/series.ts';
import type { EpochMs } from '../../kernel/time.ts';
import { OTHER } from './other.ts';
import type { PointsOf } from './values-answer.ts';

/**
 * The same points, each with its target where one holds. Targets are those of now, whenever the values were known; what
 * series beyond the limit hold together has none.
 * @param stepMs start of the last step of the window with that index
 */
export function withTargets(
  pointsOf: PointsOf,
  targetOf: TargetOf | undefined,
  stepMs: (index: number) => EpochMs,
): PointsOf {
  if (!targetOf) return pointsOf;
  return (one) => {
    const points = pointsOf(one);
    if (one.key === OTHER) return points;
    const labels = labelsOf(one.key);
    return points.map((point, i) => {
      const target = targetOf(labels, stepMs(one.from + i));
      return target === null ? point : { ...point, target };
    });
  };
}
