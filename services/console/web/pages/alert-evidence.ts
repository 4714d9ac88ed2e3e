import { h } from 'preact';
import type { JSX } from 'preact';
import type { AlertAnswer } from '../data/alerts.ts';
import { formatCount, formatShare, formatValue } from '../data/format.ts';
import { unitFor } from '../data/metric-names.ts';
import type { Known } from '../data/metric-names.ts';
import { locale } from '../i18n/language.ts';
import { t } from '../i18n/text.ts';
import { Term } from '../parts/link.ts';
import { Instant } from '../parts/time.ts';
import { windowText } from './alert-figures.ts';
import { Recount } from './alert-recount.ts';

/** What the alert stands on: the window by which it fired, the definition, and how far the log was counted then. */
export function Evidence(props: {
  readonly alert: AlertAnswer;
  readonly metric: Known | undefined;
}): JSX.Element {
  const { alert, metric } = props;
  const { evidence } = alert;
  const timezone = metric?.timezone;
  return h(
    'section',
    { class: 'panel' },
    h('h2', null, t('alert.evidence')),
    evidence === null
      ? h('p', { class: 'faint' }, t('time.unknown'))
      : h(
          'div',
          null,
          h(
            'dl',
            { class: 'terms' },
            h(Term, { name: t('alert.window') }, windowText(evidence.window, timezone)),
            h(
              Term,
              { name: t('alert.value') },
              formatValue(evidence.value, unitFor(metric, evidence.value), locale()),
            ),
            h(
              Term,
              { name: t('metric.watermark') },
              h(Instant, { at: evidence.watermark, timezone }),
            ),
            h(
              Term,
              { name: t('metric.completeness') },
              formatShare(evidence.completeness, locale()),
            ),
            h(Term, { name: t('metric.count') }, formatCount(evidence.count, locale())),
            h(Term, { name: t('metric.version') }, h('code', null, evidence.metricVersion)),
          ),
          h(
            'details',
            { class: 'cursors' },
            h('summary', null, t('metric.cursors')),
            evidence.cursors.map(({ topic, partition, offset }) =>
              h(
                'code',
                { key: `${topic} ${String(partition)}`, class: 'cursor' },
                `${topic}/${String(partition)}@${String(offset)}`,
              ),
            ),
          ),
          h(Recount, { alert, metric }),
        ),
  );
}
