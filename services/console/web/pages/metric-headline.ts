import { h } from 'preact';
import type { JSX } from 'preact';
import type { MetricAnswer, Point } from '../../core/answers.ts';
import { clock } from '../data/clock.ts';
import { baseOf, differenceOf } from '../data/compare.ts';
import type { Beside } from '../data/compare.ts';
import { formatAge, formatCount, formatShare, windowText } from '../data/format.ts';
import { formatChange } from '../data/format-change.ts';
import type { ShownGrain } from '../data/grain.ts';
import { shownCompleteness } from '../data/points.ts';
import { saidWords } from '../data/said-words.ts';
import { locale } from '../i18n/language.ts';
import { t } from '../i18n/text.ts';
import { Term } from '../parts/link.ts';
import { LiveNumber } from '../parts/live-number.ts';
import { StateBadge } from '../parts/state-badge.ts';
import { Instant } from '../parts/time.ts';
import { reachedText } from './metric-target.ts';

/** The number of the chosen window, and how far it may be trusted. */
export function Headline(props: {
  readonly metric: MetricAnswer;
  /** Whose number it is, where the metric is broken down. */
  readonly member: string | undefined;
  readonly grain: ShownGrain;
  readonly point: Point | undefined;
  readonly before: Point | undefined;
  readonly beside: Beside | undefined;
  readonly watermark: string | null;
  readonly isCurrent: boolean;
}): JSX.Element {
  const { metric, grain, point, before, beside, watermark } = props;
  const place = { locale: locale(), timezone: metric.timezone };
  return h(
    'section',
    { class: 'headline', 'aria-live': 'off' },
    h(
      'div',
      { class: 'headline-value' },
      h(
        'p',
        { class: 'headline-window' },
        props.member === undefined ? null : h('strong', { class: 'headline-member' }, props.member),
        props.isCurrent ? h('strong', null, t(`window.current.${grain}`)) : null,
        point ? h('span', null, windowText(point, grain, place)) : null,
        h(StateBadge, { point }),
      ),
      h(LiveNumber, { value: point?.value, unit: metric.unit, class: 'number-headline' }),
      point?.reason === undefined ? null : h('p', { class: 'faint' }, saidWords(point.reason)),
    ),
    h(
      'dl',
      { class: 'headline-terms' },
      h(
        Term,
        { name: t(`window.previous.${grain}`) },
        h(LiveNumber, { value: before?.value, unit: metric.unit }),
      ),
      beside === undefined || beside === 'previous'
        ? null
        : h(
            Term,
            { name: t(`compare.${beside}`) },
            h(LiveNumber, { value: point && baseOf(point, beside), unit: metric.unit }),
            h(Change, { point, beside }),
          ),
      point?.target === undefined
        ? null
        : h(
            Term,
            { name: t('metric.target') },
            h(LiveNumber, { value: point.target, unit: metric.unit }),
            h('span', { class: 'change-faint' }, reachedText(point)),
          ),
      h(Term, { name: t('metric.count') }, point ? formatCount(point.count, place.locale) : '–'),
      h(
        Term,
        { name: t('metric.completeness') },
        point ? formatShare(shownCompleteness(point, watermark), place.locale) : '–',
      ),
      h(
        Term,
        { name: t('metric.asOf') },
        h(Instant, { at: watermark, timezone: metric.timezone }),
        watermark === null
          ? null
          : h(
              'span',
              { class: 'faint headline-behind' },
              t('metric.behind', {
                age: formatAge(clock.value - Date.parse(watermark), place.locale),
              }),
            ),
      ),
    ),
  );
}

/** How far it differs in per cent, where that means something. */
function Change(props: {
  readonly point: Point | undefined;
  readonly beside: Beside;
}): JSX.Element | null {
  const { share } = differenceOf(props.point, props.beside) ?? {};
  return share === undefined
    ? null
    : h('span', { class: 'change-faint number' }, formatChange(share, locale()));
}
