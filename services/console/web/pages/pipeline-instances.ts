import { h } from 'preact';
import type { JSX } from 'preact';
import type { InstanceHeartbeat } from '../../core/pipeline-heartbeats.ts';
import { formatAge, formatCount } from '../data/format.ts';
import { locale } from '../i18n/language.ts';
import { t } from '../i18n/text.ts';
import { Ago } from '../parts/time.ts';

/** Beyond this the watermark of idle partitions is held without the instance (design section 5). */
const SILENT_AFTER_S = 10;
/** What an event waits for Kafka at most when all is well. */
const WAITING_LONG_S = 1;

/** Each instance that takes events in, and how long ago it was heard of. */
export function Instances(props: {
  readonly eventType: string;
  readonly heartbeats: readonly InstanceHeartbeat[];
}): JSX.Element {
  const { eventType, heartbeats } = props;
  const name = `${t('instances.title')}: ${eventType}`;
  if (heartbeats.length === 0) return h('p', { class: 'notice notice-warn' }, t('instances.none'));
  return h(
    'div',
    { class: 'scroll', tabIndex: 0, role: 'region', 'aria-label': name },
    h(
      'table',
      { class: 'table instances' },
      h('caption', { class: 'visually-hidden' }, name),
      h(
        'thead',
        null,
        h(
          'tr',
          null,
          h('th', { scope: 'col' }, t('instances.name')),
          h('th', { scope: 'col' }, t('instances.last')),
          h('th', { scope: 'col', class: 'end' }, t('instances.partitions')),
          h('th', { scope: 'col', class: 'end' }, t('instances.waiting')),
        ),
      ),
      h(
        'tbody',
        null,
        heartbeats.map((heartbeat) => h(Instance, { key: heartbeat.instance, heartbeat })),
      ),
    ),
  );
}

function Instance(props: { readonly heartbeat: InstanceHeartbeat }): JSX.Element {
  const { instance, lastHeartbeat, ageSeconds, partitions, waitingSeconds } = props.heartbeat;
  const isSilent = ageSeconds > SILENT_AFTER_S;
  return h(
    'tr',
    { 'data-instance': instance },
    h('th', { scope: 'row' }, h('code', null, instance)),
    h(
      'td',
      { class: isSilent ? 'trouble' : '' },
      h(Ago, { at: lastHeartbeat }),
      isSilent ? ` · ${t('instances.silent')}` : null,
    ),
    h('td', { class: 'number' }, formatCount(partitions, locale())),
    h(
      'td',
      { class: `number ${waitingSeconds > WAITING_LONG_S ? 'trouble' : 'faint'}` },
      waitingSeconds > WAITING_LONG_S ? formatAge(waitingSeconds * 1_000, locale()) : '–',
    ),
  );
}
