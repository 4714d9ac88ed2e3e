import { h } from 'preact';
import type { JSX } from 'preact';
import type { Comparison } from '../../../../kernel/catalog/dashboard-panels.ts';
import type { Direction } from '../../../../kernel/definitions.ts';
import type { Point } from '../../../core/answers.ts';
import { formatValue } from '../../data/format.ts';
import type { Unit } from '../../data/format.ts';
import { locale } from '../../i18n/language.ts';
import { t } from '../../i18n/text.ts';

export type Difference = {
  /** value ÷ base − 1; undefined where there is no base, or it is 0. */
  readonly share: number | undefined;
  /** Decimal texts of the value and of what it is set against. */
  readonly value: string;
  readonly base: string;
  readonly sign: -1 | 0 | 1;
};

/**
 * How a value stands to what it is set against. The value may be newer than the answer, so it is worked out here. An open
 * window is not compared: what is there so far would stand beside a whole one.
 */
export function differenceOf(
  point: Point | undefined,
  compare: Comparison | undefined,
): Difference | undefined {
  const against = compare === undefined ? undefined : point?.compare?.[compare]?.value;
  if (point?.value == null || against == null || point.state === 'open') return undefined;
  const [now, before] = [Number(point.value), Number(against)];
  const sign = Math.sign(now - before) as -1 | 0 | 1;
  return {
    value: point.value,
    base: against,
    sign,
    share: before === 0 ? undefined : (now - before) / Math.abs(before),
  };
}

export const isGood = (sign: -1 | 0 | 1, direction: Direction): boolean | undefined =>
  sign === 0 || direction === 'none' ? undefined : sign > 0 === (direction === 'up');

/** `▲ 12.3 % on the day before`, in the colour of good or bad where the metric has a good way. */
export function DifferenceView(props: {
  readonly difference: Difference | undefined;
  readonly compare: Comparison | undefined;
  readonly direction: Direction;
  readonly unit: Unit;
  /** The window whose difference it is, in words, where it is not the one whose number stands beside it. */
  readonly window?: string | undefined;
  /** What it is set against stands elsewhere. */
  readonly isBare?: boolean;
}): JSX.Element | null {
  const { difference, compare, direction } = props;
  if (compare === undefined) return null;
  const against = t(`dashboard.compare.${compare}`);
  if (!difference)
    return h(
      'span',
      { class: 'difference faint' },
      props.isBare ? '–' : t('dashboard.noBase', { against }),
    );
  const { sign, share, value, base } = difference;
  const good = isGood(sign, direction);
  const tone = good === undefined ? 'even' : good ? 'good' : 'bad';
  const shown =
    share === undefined
      ? formatValue(value, props.unit, locale())
      : new Intl.NumberFormat(locale(), {
          style: 'percent',
          maximumFractionDigits: 1,
          signDisplay: 'never',
        }).format(share);
  return h(
    'span',
    {
      class: 'difference',
      title: `${formatValue(value, props.unit, locale())} / ${formatValue(base, props.unit, locale())}`,
    },
    // Another window than that of the number beside it has its own number first: else it would pass for that one's change.
    props.window === undefined
      ? null
      : h(
          'span',
          { class: 'faint' },
          t('dashboard.ofWindow', { window: props.window }),
          `${formatValue(value, props.unit, locale())} · `,
        ),
    h('span', { class: `difference-${tone}` }, `${MARKS[sign]} ${shown}`),
    props.isBare ? null : h('span', { class: 'faint' }, ` ${t('dashboard.against', { against })}`),
  );
}
const MARKS = { '-1': '▼', '0': '＝', '1': '▲' } as const;
