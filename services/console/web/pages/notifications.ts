import { h } from 'preact';
import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import type { BrowserNotification } from '../../../kernel/notification.ts';
import { markRead, notifications } from '../data/notifications.ts';
import { language } from '../i18n/language.ts';
import { t } from '../i18n/text.ts';
import { Link } from '../parts/link.ts';
import { Empty } from '../parts/notice.ts';
import { Instant } from '../parts/time.ts';

/** Messages to the reader's browser, newest first. To open the page is to have seen them. */
export function NotificationsPage(): JSX.Element {
  const all = notifications.value;
  useEffect(markRead, [all]);
  return h(
    'div',
    { class: 'page' },
    h('div', { class: 'page-head' }, h('h1', null, t('nav.notifications'))),
    all.length === 0
      ? h(Empty, { title: t('notifications.none'), help: t('notifications.noneHelp') })
      : h(
          'ul',
          { class: 'messages', 'aria-live': 'polite' },
          all.map((one) => h(Row, { key: one.id, notification: one })),
        ),
  );
}

function Row(props: { readonly notification: BrowserNotification }): JSX.Element {
  const { notification } = props;
  const { title, summary } = notification.texts[language.value];
  return h(
    'li',
    { class: `message message-${notification.tone}` },
    h(
      'p',
      { class: 'message-title' },
      notification.alert === null
        ? h('strong', null, title)
        : h(Link, { to: { page: 'alert', id: notification.alert } }, title),
      h('span', { class: 'faint' }, h(Instant, { at: new Date(notification.at).toISOString() })),
    ),
    summary === '' ? null : h('p', null, summary),
  );
}
