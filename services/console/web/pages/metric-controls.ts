import { h } from 'preact';
import type { JSX } from 'preact';
import type { MetricAnswer } from '../../core/answers.ts';
import { BESIDES, besidesOf } from '../data/compare.ts';
import { formatDateTime } from '../data/format.ts';
import { breakdownText } from '../data/metric-names.ts';
import { WINDOW_COUNTS, lengthOf, shownGrains } from '../data/grain.ts';
import type { ShownGrain } from '../data/grain.ts';
import { endOfLocalDay, localDate } from '../data/local-day.ts';
import { go } from '../data/place.ts';
import type { MetricRoute } from '../data/route.ts';
import type { View } from '../data/view.ts';
import { locale } from '../i18n/language.ts';
import { t } from '../i18n/text.ts';
import { Segmented, Select } from '../parts/segmented.ts';

/** Grain, range and breakdown. Each choice is part of the address. */
export function MetricControls(props: {
  readonly metric: MetricAnswer;
  readonly route: MetricRoute;
  readonly view: View;
}): JSX.Element {
  const { metric, route, view } = props;
  const show = (change: Partial<MetricRoute>): void => go({ ...route, ...change }, 'replace');
  const spanMs = view.count * lengthOf(view.grain);
  return h(
    'div',
    { class: 'controls controls-chart' },
    h(Segmented<ShownGrain>, {
      name: 'grain',
      legend: t('metric.grain'),
      value: view.grain,
      choices: shownGrains(metric).map((value) => ({
        value,
        label: t(`window.${value}`),
      })),
      onChoose: (grain) => {
        const { count: _, ...rest } = route;
        go({ ...rest, grain }, 'replace');
      },
    }),
    h(Select, {
      label: t('metric.range'),
      value: String(view.count),
      choices: WINDOW_COUNTS[view.grain].map((count) => ({
        value: String(count),
        label: rangeText(view.grain, count),
      })),
      onChoose: (count) => show({ count: Number(count) }),
    }),
    metric.breakdowns.length > 1
      ? h(Select, {
          label: t('metric.breakdown'),
          value: view.by.join(','),
          choices: metric.breakdowns.map((names) => ({
            value: names.join(','),
            label: breakdownText(names, metric) || t('metric.total'),
          })),
          onChoose: (by) => {
            const { series: _, ...rest } = route;
            go({ ...rest, by: by.split(',').filter((name) => name !== '') }, 'replace');
          },
        })
      : null,
    h(Select, {
      label: t('metric.compare'),
      value: view.compare ?? 'none',
      choices: (['none', ...besidesOf(view.grain)] as const).map((value) => ({
        value,
        label: t(`compare.${value}`),
      })),
      onChoose: (name) => {
        const { compare: _, ...rest } = route;
        const compare = BESIDES.find((one) => one === name);
        go(compare === undefined ? rest : { ...rest, compare }, 'replace');
      },
    }),
    h(Travel, { route, view, spanMs, timezone: metric.timezone }),
  );
}

/** Earlier, later, a date, and back to now. */
function Travel(props: {
  readonly route: MetricRoute;
  readonly view: View;
  readonly spanMs: number;
  readonly timezone: string;
}): JSX.Element {
  const { route, view, spanMs } = props;
  const endMs = view.untilMs ?? Date.now();
  const { untilMs: _, ...following } = route;
  const until = (untilMs: number): void =>
    go(untilMs >= Date.now() ? following : { ...route, untilMs }, 'replace');
  return h(
    'div',
    { class: 'travel', role: 'group', 'aria-label': t('metric.until') },
    h(
      'button',
      {
        type: 'button',
        class: 'button',
        onClick: () => until(endMs - spanMs),
        title: t('metric.earlier'),
      },
      h('span', { 'aria-hidden': 'true' }, '←'),
      h('span', { class: 'visually-hidden' }, t('metric.earlier')),
    ),
    h('input', {
      type: 'date',
      class: 'input',
      'aria-label': t('metric.until'),
      title:
        view.untilMs === undefined
          ? t('metric.following')
          : `${t('metric.fixed')}: ${formatDateTime(view.untilMs, { locale: locale(), timezone: props.timezone })}`,
      value: localDate(endMs, props.timezone),
      onChange: (event: Event) => {
        const { value } = event.currentTarget as HTMLInputElement;
        const endOfDayMs = endOfLocalDay(value, props.timezone);
        if (endOfDayMs !== undefined) until(endOfDayMs);
      },
    }),
    h(
      'button',
      {
        type: 'button',
        class: 'button',
        disabled: view.untilMs === undefined,
        onClick: () => until(endMs + spanMs),
        title: t('metric.later'),
      },
      h('span', { 'aria-hidden': 'true' }, '→'),
      h('span', { class: 'visually-hidden' }, t('metric.later')),
    ),
    view.untilMs === undefined
      ? null
      : h(
          'button',
          {
            type: 'button',
            class: 'button button-strong',
            onClick: () => go(following, 'replace'),
          },
          t('metric.now'),
        ),
  );
}

const RANGE_UNITS: Readonly<Record<ShownGrain, { unit: string; per: number }>> = {
  minute: { unit: 'hour', per: 60 },
  hour: { unit: 'hour', per: 1 },
  day: { unit: 'day', per: 1 },
  week: { unit: 'week', per: 1 },
  month: { unit: 'month', per: 1 },
  quarter: { unit: 'year', per: 4 },
  year: { unit: 'year', per: 1 },
};
/** `3 hours`, `14 days`. */
function rangeText(grain: ShownGrain, count: number): string {
  const { unit, per } = RANGE_UNITS[grain];
  const inDays = unit === 'hour' && count / per > 24 && (count / per) % 24 === 0;
  return new Intl.NumberFormat(locale(), {
    style: 'unit',
    unit: inDays ? 'day' : unit,
    unitDisplay: 'long',
  }).format(inDays ? count / per / 24 : count / per);
}
