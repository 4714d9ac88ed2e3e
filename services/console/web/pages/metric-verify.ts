import { h } from 'preact';
import type { JSX } from 'preact';
import type { MetricAnswer, Point } from '../../core/answers.ts';
import { formatCount, formatDateTime } from '../data/format.ts';
import { labelText } from '../data/metric-names.ts';
import { useAction } from '../data/use-action.ts';
import { verifyWindow } from '../data/verify.ts';
import type { Verified } from '../data/verify.ts';
import { locale } from '../i18n/language.ts';
import { t } from '../i18n/text.ts';
import { reasonOf } from '../parts/notice.ts';

/** Cells that are named; the answer of the API has more. */
const SHOWN_MAX = 5;
const PILLS = { equal: 'ok', differing: 'critical', nothing: 'warning' } as const;

/** Holds the cells of the chosen window against the log, when the reader asks for it. */
export function Verify(props: {
  readonly metric: MetricAnswer;
  readonly point: Point;
  readonly verified: Verified | undefined;
  readonly onVerified: (verified: Verified) => void;
}): JSX.Element {
  const { metric, point, verified } = props;
  const action = useAction(() => undefined);
  const verify = async (): Promise<void> => props.onVerified(await verifyWindow(metric.id, point));
  return h(
    'div',
    { class: 'verify', 'data-verified': verified?.verdict },
    h(
      'button',
      {
        type: 'button',
        class: 'button',
        disabled: action.isBusy,
        title: t('metric.verifyHelp'),
        onClick: () => void action.run(verify),
      },
      t('metric.verify'),
    ),
    h(
      'div',
      { role: 'status' },
      action.isBusy ? h('p', { class: 'faint' }, t('metric.verifying')) : null,
      verified && !action.isBusy ? h(Found, { metric, verified }) : null,
    ),
    action.error
      ? h('p', { class: 'notice notice-warn', role: 'alert' }, reasonOf(action.error))
      : null,
  );
}

function Found(props: { readonly metric: MetricAnswer; readonly verified: Verified }): JSX.Element {
  const { metric, verified } = props;
  const place = { locale: locale(), timezone: metric.timezone };
  const count = (value: number): string => formatCount(value, place.locale);
  const { verdict, checked, differing, differences } = verified;
  return h(
    'div',
    null,
    h(
      'p',
      null,
      h('span', { class: `pill pill-${PILLS[verdict]}` }, t(`metric.verified.${verdict}`)),
      ' ',
      t('metric.verified.of', { differing: count(differing), checked: count(checked) }),
    ),
    h(
      'p',
      { class: 'faint' },
      t('metric.verified.at', {
        at: formatDateTime(verified.atMs, place),
        records: count(verified.records),
        seconds: verified.seconds,
      }),
    ),
    differences.length === 0
      ? null
      : h(
          'ul',
          null,
          differences
            .slice(0, SHOWN_MAX)
            .map((one) =>
              h(
                'li',
                { key: `${one.metric} ${one.grain} ${one.start} ${JSON.stringify(one.labels)}` },
                [
                  `${formatDateTime(Date.parse(one.start), place)} · ${one.grain}`,
                  ` · ${labelText(one.labels, props.metric) || t('metric.total')} · `,
                  t(`metric.verified.${one.kind}`),
                ],
              ),
            ),
        ),
  );
}
