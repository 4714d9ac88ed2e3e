import { h } from 'preact';
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { DocumentAnswer } from '../../../core/catalog/answers.ts';
import { ApiError, get } from '../../data/api.ts';
import { baseOf, documentPath, latestText } from '../../data/catalog.ts';
import { useDocumentNames } from '../../data/people-names.ts';
import { go } from '../../data/place.ts';
import { useResource } from '../../data/resource.ts';
import { useShownName } from '../../data/shown-name.ts';
import { useCatalogChanges } from '../../data/use-told.ts';
import { t } from '../../i18n/text.ts';
import type { RouteTo } from '../../pages.ts';
import { Link } from '../../parts/link.ts';
import { Empty, Shown } from '../../parts/notice.ts';
import { Segmented } from '../../parts/segmented.ts';
import { Changes } from './changes.ts';
import { Decisions } from './decisions.ts';
import { kindText, StatePill, titleOf } from './document-state.ts';
import { DraftEditor } from './draft-editor.ts';
import { Facts, LineagePanel } from './facts.ts';
import { History } from './history.ts';
import { ReadersPanel } from './readers.ts';
import { ReadView } from './read-view.ts';

type Tab = NonNullable<RouteTo<'document'>['tab']>;

/** One definition: what is published, what is drafted, what the draft would change, and what was before. */
export function DocumentPage(route: RouteTo<'document'>): JSX.Element {
  const { kind, id } = route;
  const { resource, reload } = useResource(`document ${kind}/${id}`, (signal) =>
    get<DocumentAnswer>(documentPath(kind, id), signal),
  );
  useCatalogChanges(undefined, reload);
  const isMissing =
    resource.kind === 'failed' &&
    resource.error instanceof ApiError &&
    resource.error.status === 404;
  return h(
    'div',
    { class: 'page' },
    h(Link, { to: { page: 'catalog' }, class: 'back' }, t('catalog.title')),
    isMissing
      ? h(Empty, { title: t('catalog.notFound', { name: `${kind}/${id}` }), isPage: true })
      : h(Shown<DocumentAnswer>, {
          resource,
          reload,
          lines: 10,
          render: (document) => h(DocumentView, { document, route, reload }),
        }),
  );
}

function DocumentView(props: {
  readonly document: DocumentAnswer;
  readonly route: RouteTo<'document'>;
  readonly reload: () => void;
}): JSX.Element {
  const { route, reload } = props;
  const { kind, id } = route;
  // What an answer to a change says is newer than what was loaded before it.
  const [told, setTold] = useState<DocumentAnswer | undefined>(undefined);
  useEffect(() => setTold(undefined), [props.document]);
  const document = told ?? props.document;
  const tab = route.tab ?? tabFor(document);
  const names = useDocumentNames();
  return h(
    'article',
    null,
    h(Head, { document }),
    h(Segmented<Tab>, {
      name: 'tab',
      legend: t('catalog.view'),
      value: tab,
      choices: tabsOf(document).map((value) => ({ value, label: t(`catalog.tab.${value}`) })),
      onChoose: (next) => go({ page: 'document', kind, id, tab: next }, 'replace'),
    }),
    tab === 'draft'
      ? h(DraftEditor, {
          key: `${kind}/${id}`,
          of: `${kind}/${id}`,
          start: { text: latestText(document), base: baseOf(document) },
          identity: { kind, id },
          onDocument: (next) => {
            setTold(next);
            reload();
          },
          side: (isChanged) => [
            h(Decisions, { key: 'decisions', document, edit: { isChanged }, onChange: reload }),
            h(Facts, { key: 'facts', document, names }),
          ],
        })
      : h(
          'div',
          { class: 'document' },
          h(
            'div',
            { class: 'document-main' },
            tab === 'published' && document.published
              ? h(ReadView, { published: document.published, names: document.fieldNames })
              : null,
            tab === 'changes' ? h(Changes, { document, names }) : null,
            tab === 'history' ? h(History, { document, names, onChange: reload }) : null,
          ),
          h(
            'aside',
            { class: 'metric-side' },
            tab === 'published'
              ? [
                  h(Facts, { key: 'facts', document, names }),
                  kind === 'Metric' ? h(LineagePanel, { key: 'lineage', metric: id, names }) : null,
                  kind === 'EventType'
                    ? h(ReadersPanel, { key: 'readers', eventType: id, names })
                    : null,
                  h(Decisions, { key: 'decisions', document, onChange: reload }),
                ]
              : [
                  h(Decisions, { key: 'decisions', document, onChange: reload }),
                  h(Facts, { key: 'facts', document, names }),
                ],
          ),
        ),
  );
}

/** What the reader most likely came for. */
const tabFor = ({ published, draft }: DocumentAnswer): Tab => {
  if (draft?.state === 'in_review') return 'changes';
  if (published) return 'published';
  return draft ? 'draft' : 'history';
};

const tabsOf = ({ published, draft }: DocumentAnswer): readonly Tab[] => [
  ...(published ? (['published'] as const) : []),
  // What is retired is published again before it is edited.
  ...(published || draft ? (['draft'] as const) : []),
  ...(draft ? (['changes'] as const) : []),
  'history',
];

function Head({ document }: { readonly document: DocumentAnswer }): JSX.Element {
  const { kind, id, published, draft, retired } = document;
  const { metadata } = (published?.document ?? draft?.document ?? {}) as {
    readonly metadata?: { readonly name?: { readonly en?: string; readonly zh?: string } };
  };
  const name = titleOf(metadata?.name, id);
  useShownName(name);
  return h(
    'header',
    { class: 'document-head' },
    h(
      'div',
      { class: 'alert-title' },
      h('h1', null, name),
      published ? h(StatePill, { state: 'published' }) : null,
      draft ? h(StatePill, { state: draft.state }) : null,
      retired ? h(StatePill, { state: 'retired' }) : null,
    ),
    h(
      'p',
      { class: 'lead' },
      kindText(kind),
      ' ',
      h('code', null, id),
      kind === 'Metric' && published
        ? [' · ', h(Link, { to: { page: 'metric', id, by: [] } }, t('catalog.values'))]
        : null,
    ),
  );
}
