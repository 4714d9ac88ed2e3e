import { h } from 'preact';
import type { JSX } from 'preact';
import { isOpen, isRetracted } from '../data/alerts.ts';
import type { AlertAnswer } from '../data/alerts.ts';
import { formatValue, formatWindow } from '../data/format.ts';
import { unitFor } from '../data/metric-names.ts';
import type { Known } from '../data/metric-names.ts';
import { locale } from '../i18n/language.ts';
import { t } from '../i18n/text.ts';
import { Term } from '../parts/link.ts';

/**
 * The newest numbers while it burns. Of what is over those by which it fired: what came after does not belong to it. Of
 * what late data took back the number that is known now stands first, and what it was is said to have been.
 */
export function Figures(props: {
  readonly alert: AlertAnswer;
  readonly metric: Known | undefined;
}): JSX.Element {
  const { alert, metric } = props;
  const wasWrong = isRetracted(alert);
  const { value, threshold, previous, window } = isOpen(alert) ? alert : (alert.evidence ?? alert);
  const figure = (name: string, value: string | null): JSX.Element =>
    h(
      Term,
      { name },
      h('span', { class: 'number' }, formatValue(value, unitFor(metric, value), locale())),
    );
  const optional = (name: string, value: string | null): JSX.Element | null =>
    value === null ? null : figure(name, value);
  return h(
    'section',
    null,
    h(
      'dl',
      { class: 'alert-figures' },
      ...(wasWrong
        ? [figure(t('alert.revisedTo'), alert.recovered), figure(t('alert.was'), value)]
        : [figure(t('alert.value'), value)]),
      figure(t('alert.threshold'), threshold),
      wasWrong ? null : optional(t('alert.worst'), alert.worst),
      optional(t('alert.previous'), previous),
      wasWrong ? null : optional(t('alert.recovered'), alert.recovered),
    ),
    window === null
      ? null
      : h(
          'p',
          { class: 'faint' },
          t('alert.window'),
          ' ',
          windowText(window, metric?.timezone),
          ' · ',
          t(`state.${wasWrong ? 'revised' : window.state}`),
        ),
  );
}

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;

export function windowText(
  window: { readonly start: string; readonly end: string },
  timezone: string | undefined,
): string {
  const startMs = Date.parse(window.start);
  const endMs = Date.parse(window.end);
  // A local day may be an hour short.
  const grain = endMs - startMs >= DAY_MS - HOUR_MS ? 'day' : 'hour';
  return formatWindow({ startMs, endMs }, grain, { locale: locale(), timezone });
}
