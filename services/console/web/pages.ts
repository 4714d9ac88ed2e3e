import type { JSX } from 'preact';
import { SEVERITIES } from './data/alerts.ts';
import { DOCUMENT_TABS, STATES } from './data/catalog.ts';
import { KINDS } from './data/catalog-template.ts';
import { BESIDES } from './data/compare.ts';
import { SHOWN_GRAINS } from './data/grain.ts';
import {
  countUpTo,
  date,
  flag,
  instant,
  length,
  members,
  names,
  oneOf,
  oneOfOr,
  text,
} from './data/parameters.ts';
import type { Parameter } from './data/parameters.ts';
import { FLAWS } from './data/responsibility.ts';
import { TREE_WINDOWS } from './data/tree-window.ts';
import type { PlainTextKey } from './i18n/text.ts';

/**
 * Every page of the console. To add one: write its component under `pages/`, and its line here. The type of its route,
 * its address, its place in the navigation, its title and its loading all follow from the line; the component gets what
 * its address holds as its properties.
 *
 * A page whose path holds no `:name` is in the navigation, in the order of this table; the others are reached from the
 * pages of their group. Code of a page is loaded when it is first shown.
 */
export const PAGES = {
  home: {
    path: '/',
    title: 'home.title',
    group: 'home',
    load: (): Loaded<'home'> => import('./pages/home/home.ts').then(({ HomePage }) => HomePage),
  },
  metrics: {
    path: '/metrics',
    title: 'nav.metrics',
    group: 'metrics',
    load: (): Loaded<'metrics'> =>
      import('./pages/metrics.ts').then(({ MetricsPage }) => MetricsPage),
  },
  metric: {
    path: '/metrics/:id',
    parameters: {
      grain: oneOf(SHOWN_GRAINS),
      /** Windows in the chart. */
      count: countUpTo(2_000),
      /** Breakdown, empty for the total. */
      by: names,
      /** Key of the series in the chart. */
      series: text,
      /** What the windows are compared with. */
      compare: oneOf(BESIDES),
      /** End of the range; absent: follows now. */
      untilMs: { ...instant, name: 'until' },
    },
    title: 'id',
    group: 'metrics',
    load: (): Loaded<'metric'> => import('./pages/metric.ts').then(({ MetricPage }) => MetricPage),
  },
  tree: {
    path: '/tree',
    parameters: { window: oneOfOr(TREE_WINDOWS, 'day-to-date') },
    title: 'tree.title',
    group: 'metrics',
    load: (): Loaded<'tree'> => import('./pages/tree/tree.ts').then(({ TreePage }) => TreePage),
  },
  dashboards: {
    path: '/dashboards',
    title: 'nav.dashboards',
    group: 'metrics',
    load: (): Loaded<'dashboards'> =>
      import('./pages/dashboards/dashboards.ts').then(({ DashboardsPage }) => DashboardsPage),
  },
  dashboard: {
    path: '/dashboards/:id',
    parameters: {
      /** How far back its charts reach; absent: as each of them says. */
      rangeMs: { ...length, name: 'range' },
      untilMs: { ...instant, name: 'until' },
      where: members,
      /** It is opened as it hangs on a wall. */
      wall: flag,
    },
    title: 'id',
    group: 'metrics',
    load: (): Loaded<'dashboard'> =>
      import('./pages/dashboards/dashboard.ts').then(({ DashboardPage }) => DashboardPage),
  },
  alerts: {
    path: '/alerts',
    parameters: {
      show: oneOfOr(['open', 'all'], 'open'),
      /** `me`, `person:ID` or `team:ID`; absent: everyone. */
      owner: text,
      metric: text,
      severity: oneOf(SEVERITIES),
    },
    title: 'nav.alerts',
    group: 'alerts',
    load: (): Loaded<'alerts'> => import('./pages/alerts.ts').then(({ AlertsPage }) => AlertsPage),
  },
  alert: {
    path: '/alerts/:id',
    title: 'nav.alerts',
    group: 'alerts',
    load: (): Loaded<'alert'> => import('./pages/alert.ts').then(({ AlertPage }) => AlertPage),
  },
  notifications: {
    path: '/notifications',
    title: 'nav.notifications',
    group: 'alerts',
    load: (): Loaded<'notifications'> =>
      import('./pages/notifications.ts').then(({ NotificationsPage }) => NotificationsPage),
  },
  silences: {
    path: '/silences',
    title: 'silences.title',
    group: 'alerts',
    load: (): Loaded<'silences'> =>
      import('./pages/silences.ts').then(({ SilencesPage }) => SilencesPage),
  },
  responsibility: {
    path: '/responsibility',
    parameters: {
      /** Absent: today. */
      date,
      /** `person:ID` or `team:ID`; absent: everyone. */
      who: text,
      show: oneOfOr(['all', ...FLAWS], 'all'),
    },
    title: 'who.title',
    group: 'responsibility',
    load: (): Loaded<'responsibility'> =>
      import('./pages/responsibility/responsibility.ts').then(
        ({ ResponsibilityPage }) => ResponsibilityPage,
      ),
  },
  catalog: {
    path: '/catalog',
    parameters: {
      q: text,
      kind: text,
      domain: text,
      owner: text,
      state: oneOf(STATES),
    },
    title: 'catalog.title',
    group: 'catalog',
    load: (): Loaded<'catalog'> =>
      import('./pages/catalog/catalog.ts').then(({ CatalogPage }) => CatalogPage),
  },
  reviews: {
    path: '/catalog/reviews',
    title: 'catalog.queue',
    group: 'catalog',
    load: (): Loaded<'reviews'> =>
      import('./pages/catalog/reviews.ts').then(({ ReviewsPage }) => ReviewsPage),
  },
  prune: {
    path: '/catalog/prune',
    title: 'catalog.prune',
    group: 'catalog',
    load: (): Loaded<'prune'> =>
      import('./pages/catalog/prune.ts').then(({ PrunePage }) => PrunePage),
  },
  newDocument: {
    path: '/catalog/new',
    parameters: { kind: oneOf(KINDS), metric: text },
    title: 'catalog.new',
    group: 'catalog',
    load: (): Loaded<'newDocument'> =>
      import('./pages/catalog/new-document.ts').then(({ NewDocumentPage }) => NewDocumentPage),
  },
  document: {
    path: '/catalog/:kind/:id',
    parameters: { tab: oneOf(DOCUMENT_TABS) },
    title: 'id',
    group: 'catalog',
    load: (): Loaded<'document'> =>
      import('./pages/catalog/document.ts').then(({ DocumentPage }) => DocumentPage),
  },
  pipeline: {
    path: '/pipeline',
    title: 'nav.pipeline',
    group: 'data',
    load: (): Loaded<'pipeline'> =>
      import('./pages/pipeline.ts').then(({ PipelinePage }) => PipelinePage),
  },
  events: {
    path: '/events',
    parameters: { source: text, eventId: { ...text, name: 'id' }, position: text, at: instant },
    title: 'find.title',
    group: 'data',
    load: (): Loaded<'events'> => import('./pages/events.ts').then(({ EventsPage }) => EventsPage),
  },
  import: {
    path: '/import',
    title: 'import.title',
    group: 'data',
    load: (): Loaded<'import'> =>
      import('./pages/import/import.ts').then(({ ImportPage }) => ImportPage),
  },
  entries: {
    path: '/entries',
    title: 'nav.entries',
    group: 'data',
    load: (): Loaded<'entries'> =>
      import('./pages/entries/entries.ts').then(({ EntriesPage }) => EntriesPage),
  },
  sheet: {
    path: '/entries/:id',
    title: 'id',
    group: 'data',
    load: (): Loaded<'sheet'> =>
      import('./pages/entries/sheet.ts').then(({ SheetPage }) => SheetPage),
  },
} as const;

/** Sections of the navigation in their order; one without a page is not shown. */
export const GROUPS = ['home', 'metrics', 'alerts', 'responsibility', 'catalog', 'data'] as const;
export type Group = (typeof GROUPS)[number];

export type PageEntry = {
  /** What follows `#`; `:id` stands for any name. */
  readonly path: `/${string}`;
  /** What may follow `?`. */
  readonly parameters?: Readonly<Record<string, Parameter<unknown>>>;
  /** Of the tab and in the navigation; `id`: what its address names, by its id until the page has its name. */
  readonly title: PlainTextKey | 'id';
  readonly group: Group;
  readonly load: () => Promise<unknown>;
};
export type PageName = keyof typeof PAGES;

/** The table as those read it to whom all pages are alike. */
export const PAGE_ENTRIES = Object.entries<PageEntry>(PAGES satisfies Table) as readonly (readonly [
  PageName,
  PageEntry,
])[];
type Table = {
  readonly [Name in PageName]: PageEntry & { readonly load: () => Promise<PageComponent<Name>> };
};

type NamesIn<Path> = Path extends `${string}:${infer Name}/${infer Rest}`
  ? Name | NamesIn<Rest>
  : Path extends `${string}:${infer Name}`
    ? Name
    : never;
type ParametersOf<Entry> = Entry extends { readonly parameters: infer P } ? P : unknown;
type ValueOf<P> = P extends Parameter<infer T> ? T : never;
type MayLack<P> = { [K in keyof P]: undefined extends ValueOf<P[K]> ? K : never }[keyof P];
/** What an address of the page holds. */
type Held<Entry extends PageEntry, P = ParametersOf<Entry>> = {
  readonly [Name in NamesIn<Entry['path']>]: string;
} & { readonly [K in Exclude<keyof P, MayLack<P>>]: ValueOf<P[K]> } & {
  readonly [K in MayLack<P>]?: ValueOf<P[K]>;
};

/** The way to one page. */
export type RouteTo<Name extends PageName> = Name extends PageName
  ? { readonly page: Name } & Held<(typeof PAGES)[Name]>
  : never;
export type PageComponent<Name extends PageName = PageName> = (props: RouteTo<Name>) => JSX.Element;
type Loaded<Name> = Promise<(props: Name extends PageName ? RouteTo<Name> : never) => JSX.Element>;
