import { h } from 'preact';
import type { JSX } from 'preact';
import type { MetricAnswer } from '../../core/answers.ts';
import { formatDateTime } from '../data/format.ts';
import type { Names } from '../data/people-names.ts';
import type { VersionMark } from '../data/versions.ts';
import { locale } from '../i18n/language.ts';
import { t } from '../i18n/text.ts';
import { Link } from '../parts/link.ts';
import { authorsText } from '../parts/owner.ts';

/** Versions that are named; the history of the definition has all. */
const SHOWN_MAX = 10;

/** What the flags of the chart stand for, in words: which version, since when, by whom and why. */
export function MetricVersions(props: {
  readonly metric: MetricAnswer;
  readonly versions: readonly VersionMark[];
  readonly names: Names;
}): JSX.Element | null {
  const { metric, versions } = props;
  if (versions.length === 0) return null;
  const place = { locale: locale(), timezone: metric.timezone };
  return h(
    'section',
    { class: 'metric-marks', 'aria-labelledby': 'metric-versions' },
    h('h2', { id: 'metric-versions' }, t('metric.versions')),
    h(
      'ul',
      null,
      versions
        .slice(-SHOWN_MAX)
        .toReversed()
        .map((one) =>
          h(
            'li',
            { key: one.revision, 'data-version': one.version },
            h('span', { class: 'legend-version', 'aria-hidden': 'true' }),
            h(
              Link,
              { to: { page: 'document', kind: 'Metric', id: metric.id, tab: 'history' } },
              h('code', null, one.version),
            ),
            h('span', { class: 'faint' }, formatDateTime(one.atMs, place)),
            h('span', null, authorsText(one, props.names)),
            one.reason ? h('q', null, one.reason) : null,
          ),
        ),
    ),
  );
}
