import type { ReadonlySignal } from '@preact/signals';
import { Fragment, h } from 'preact';
import type { JSX } from 'preact';
import { firing } from '../data/firing.ts';
import { unread } from '../data/notifications.ts';
import { route } from '../data/place.ts';
import type { Route } from '../data/route.ts';
import { parseRoute } from '../data/route.ts';
import { t } from '../i18n/text.ts';
import { GROUPS, PAGES, PAGE_ENTRIES } from '../pages.ts';
import type { Group, PageName } from '../pages.ts';
import { Link } from '../parts/link.ts';

/** A page in the navigation, in its usual view. */
type Listed = { readonly page: PageName; readonly to: Route; readonly title: string };

/** What waits for the reader, beside the name of its page and, while another section is shown, of its section. */
const WAITING: Partial<Record<PageName, ReadonlySignal<number>>> = {
  alerts: firing,
  notifications: unread,
};

const listed = (group: Group): readonly Listed[] =>
  PAGE_ENTRIES.filter(([, entry]) => entry.group === group && !entry.path.includes(':')).map(
    ([page, { path, title }]) => ({
      page,
      to: parseRoute(`#${path}`),
      title: title === 'id' ? '' : t(title),
    }),
  );

/** The sections, and below them the pages of the one where the reader is. */
export function Navigation(): JSX.Element {
  const { page } = route.value;
  const current = page === 'unknown' ? undefined : PAGES[page].group;
  const pages = current === undefined ? [] : listed(current);
  return h(
    Fragment,
    null,
    h(
      'nav',
      { class: 'sections', 'aria-label': t('nav.label') },
      GROUPS.map((group) => h(Section, { key: group, group, isCurrent: group === current })),
    ),
    current === undefined || pages.length < 2
      ? null
      : h(
          'nav',
          { class: 'section-pages', 'aria-label': t(`nav.group.${current}`) },
          pages.map(({ page: name, to, title }) =>
            h(
              Link,
              { key: name, to, current: name === pageInNavigation(page, pages) },
              title,
              h(Count, { of: [name] }),
            ),
          ),
        ),
  );
}

/** A page with a name in its address is shown below the one that lists it: the one whose path it goes on from. */
function pageInNavigation(page: Route['page'], pages: readonly Listed[]): PageName | undefined {
  if (page === 'unknown') return undefined;
  const { path } = PAGES[page];
  return pages.find(({ page: name }) => name === page || path.startsWith(`${PAGES[name].path}/:`))
    ?.page;
}

function Section(props: {
  readonly group: Group;
  readonly isCurrent: boolean;
}): JSX.Element | null {
  const pages = listed(props.group);
  const [first] = pages;
  if (!first) return null;
  return h(
    Link,
    { to: first.to, current: props.isCurrent },
    t(`nav.group.${props.group}`),
    props.isCurrent && pages.length > 1 ? null : h(Count, { of: pages.map(({ page }) => page) }),
  );
}

function Count(props: { readonly of: readonly PageName[] }): JSX.Element | null {
  const count = props.of.reduce((sum, page) => sum + (WAITING[page]?.value ?? 0), 0);
  return count > 0 ? h('span', { class: 'count' }, String(count)) : null;
}
