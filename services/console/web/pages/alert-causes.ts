import { h } from 'preact';
import type { JSX } from 'preact';
import type { AlertAnswer, Driver } from '../data/alerts.ts';
import { formatValue } from '../data/format.ts';
import { labelText, nameOf, unitFor, useMetrics } from '../data/metric-names.ts';
import type { Known } from '../data/metric-names.ts';
import { usePeopleNames } from '../data/people-names.ts';
import type { Names } from '../data/people-names.ts';
import { locale } from '../i18n/language.ts';
import { t } from '../i18n/text.ts';
import { Link } from '../parts/link.ts';
import { nameIn } from '../parts/owner.ts';

/** Sources of which nothing came: the value says nothing while they are silent. */
export function Lacking(props: { readonly alert: AlertAnswer }): JSX.Element | null {
  const { lacking } = props.alert;
  return lacking.length === 0
    ? null
    : h(
        'p',
        { class: 'notice notice-warn', role: 'status' },
        t('alert.lacking', { sources: lacking.join(', ') }),
      );
}

/** Alerts below this one that say why it burns, the one that explains most first. */
export function Drivers(props: { readonly alert: AlertAnswer }): JSX.Element | null {
  const { drivers } = props.alert;
  const metrics = useMetrics();
  const names = usePeopleNames();
  return drivers.length === 0
    ? null
    : h(
        'section',
        null,
        h('h2', null, t('alert.drivers')),
        h(
          'ul',
          { class: 'drivers' },
          drivers.map((driver) =>
            h(Row, { key: driver.alert, driver, metric: metrics.get(driver.metric), names }),
          ),
        ),
      );
}

/** May be more than all of it, where another driver pulls the other way. */
const SHARE = { code: 'ratio', scale: 2 } as const;

function Row(props: {
  readonly driver: Driver;
  readonly metric: Known | undefined;
  readonly names: Names;
}): JSX.Element {
  const { driver, metric } = props;
  const value = (text: string | null): string => formatValue(text, unitFor(metric, text), locale());
  const member = labelText(driver.labels, metric);
  return h(
    'li',
    null,
    h(
      'span',
      null,
      h(Link, { to: { page: 'alert', id: driver.alert } }, nameOf(metric, driver.metric)),
      h(
        'span',
        { class: 'faint' },
        [member, nameIn(props.names, driver.accountable ?? '')].map((part) =>
          part === '' ? '' : ` · ${part}`,
        ),
      ),
    ),
    h(
      'span',
      { class: 'driver-share' },
      t('alert.driverShare', { share: formatValue(String(driver.share), SHARE, locale()) }),
      h(
        'svg',
        { viewBox: '0 0 100 4', preserveAspectRatio: 'none', 'aria-hidden': 'true' },
        h('rect', { width: Math.min(Math.max(driver.share, 0), 1) * 100, height: 4 }),
      ),
    ),
    h('span', { class: 'number' }, `${value(driver.previous)} → ${value(driver.value)}`),
  );
}
