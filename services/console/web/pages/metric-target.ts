import type { Point } from '../../core/answers.ts';
import { formatPart, formatValue } from '../data/format.ts';
import type { Unit } from '../data/format.ts';
import { reachedOf } from '../data/target.ts';
import { locale } from '../i18n/language.ts';
import { t } from '../i18n/text.ts';

/** `85% reached`. */
export function reachedText(point: Point): string {
  const part = reachedOf(point);
  return part === undefined ? '' : t('metric.reached', { share: formatPart(part, locale()) });
}

/** `Target £12,000.00, 85% reached`; none for a window without. */
export function targetTexts(point: Point, unit: Unit): readonly string[] {
  if (point.target === undefined) return [];
  const target = `${t('metric.target')} ${formatValue(point.target, unit, locale())}`;
  return [[target, reachedText(point)].filter((text) => text !== '').join(', ')];
}
