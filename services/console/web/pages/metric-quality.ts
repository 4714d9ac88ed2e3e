import { h } from 'preact';
import type { JSX } from 'preact';
import type { MetricAnswer } from '../../core/answers.ts';
import { formatAge, formatCount, formatValue, formatWindow } from '../data/format.ts';
import { saidWords } from '../data/said-words.ts';
import { locale } from '../i18n/language.ts';
import { t } from '../i18n/text.ts';

type Rule = MetricAnswer['quality'][number];

/** Broken windows that are named; the answer of the API has them all. */
const WINDOWS_SHOWN = 5;
const PILLS = { holds: 'ok', broken: 'critical', unknown: 'warning' } as const;

/** What has to hold of the metric, and whether it does; nothing where no rule of quality is defined. */
export function Quality(props: { readonly metric: MetricAnswer }): JSX.Element | null {
  const { metric } = props;
  if (metric.quality.length === 0) return null;
  return h(
    'section',
    { class: 'panel' },
    h('h2', null, t('quality.title')),
    h(
      'dl',
      { class: 'terms' },
      metric.quality.map((rule) =>
        h(
          'div',
          { key: rule.id, class: 'term', 'data-quality': rule.id },
          h(
            'dt',
            null,
            h('code', null, rule.expect),
            ' ',
            h('span', { class: `pill pill-${PILLS[rule.state]}` }, t(`quality.${rule.state}`)),
          ),
          h('dd', null, rule.reason ?? null, h('p', { class: 'faint' }, foundOf(rule))),
          h(Broken, { metric, rule }),
        ),
      ),
    ),
  );
}

function foundOf({ why, ageSeconds, windows }: Rule): string {
  if (why !== undefined) return saidWords(why);
  if (typeof ageSeconds === 'number')
    return t('metric.behind', { age: formatAge(ageSeconds * 1_000, locale()) });
  return windows.broken === 0
    ? t('quality.all', { n: windows.judged })
    : t('quality.some', { broken: windows.broken, n: windows.judged });
}

function Broken(props: { readonly metric: MetricAnswer; readonly rule: Rule }): JSX.Element | null {
  const { metric, rule } = props;
  const { grain, broken } = rule;
  if (grain === null || broken.length === 0) return null;
  const place = { locale: locale(), timezone: metric.timezone };
  return h(
    'dd',
    { class: 'faint' },
    broken.slice(0, WINDOWS_SHOWN).map(({ start, end, value, count }) => {
      const between = { startMs: Date.parse(start), endMs: Date.parse(end) };
      const window = formatWindow(between, grain, place);
      const shown = formatValue(value, metric.unit, place.locale);
      const n = formatCount(count, place.locale);
      return h('p', { key: start }, t('quality.window', { window, value: shown, n }));
    }),
  );
}
