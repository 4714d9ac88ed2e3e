import { h } from 'preact';
import type { JSX } from 'preact';
import { clock } from '../data/clock.ts';
import { formatAge, formatDateTime, formatInstant } from '../data/format.ts';
import { locale } from '../i18n/language.ts';
import { t } from '../i18n/text.ts';

/** An instant, in a zone, with its date when it is not of today. The whole of it is in the tooltip. */
export function Instant(props: {
  readonly at: string | null | undefined;
  readonly timezone?: string | undefined;
}): JSX.Element {
  if (props.at == null) return h('span', { class: 'faint' }, t('time.unknown'));
  const atMs = Date.parse(props.at);
  const place = { locale: locale(), timezone: props.timezone };
  return h(
    'time',
    { dateTime: props.at, title: `${formatDateTime(atMs, place)} ${props.timezone ?? ''}`.trim() },
    formatInstant(atMs, { ...place, nowMs: clock.value }),
  );
}

/** How long ago, counting on. */
export function Ago(props: { readonly at: string | null | undefined }): JSX.Element {
  if (props.at == null) return h('span', { class: 'faint' }, t('time.unknown'));
  const age = formatAge(clock.value - Date.parse(props.at), locale());
  return h(
    'time',
    { dateTime: props.at, title: formatDateTime(Date.parse(props.at), { locale: locale() }) },
    t('time.ago', { age }),
  );
}
