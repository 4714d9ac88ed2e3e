import { h } from 'preact';
import type { JSX } from 'preact';
import type { AlertAnswer } from '../data/alerts.ts';
import { formatCount, formatShare } from '../data/format.ts';
import { locale } from '../i18n/language.ts';
import { t } from '../i18n/text.ts';
import { Term } from '../parts/link.ts';
import { Instant } from '../parts/time.ts';

/** What the verdict rests on: definition, watermark, and how far the log was counted. */
export function Evidence(props: {
  readonly alert: AlertAnswer;
  readonly timezone: string | undefined;
}): JSX.Element {
  const { evidence } = props.alert;
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
            h(
              Term,
              { name: t('metric.watermark') },
              h(Instant, { at: evidence.watermark, timezone: props.timezone }),
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
        ),
  );
}
