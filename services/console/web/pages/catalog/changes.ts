import { h } from 'preact';
import type { JSX } from 'preact';
import type { DocumentAnswer } from '../../../core/catalog/answers.ts';
import type { Names } from '../../data/people-names.ts';
import { t } from '../../i18n/text.ts';
import { Empty } from '../../parts/notice.ts';
import { Named } from '../../parts/owner.ts';
import { Instant } from '../../parts/time.ts';
import { DifferenceReport } from './difference.ts';
import { DiffView } from './diff-view.ts';
import { Consequences } from './findings.ts';

/** What a draft would change, for whoever decides about it: the text, what breaks, which figures, and what was said so far. */
export function Changes(props: {
  readonly document: DocumentAnswer;
  readonly names: Names;
}): JSX.Element {
  const { kind, id, draft, published, reviews } = props.document;
  return h(
    'div',
    { class: 'changes' },
    draft
      ? [
          draft.faults.length === 0
            ? null
            : h(
                'p',
                { key: 'faults', class: 'notice notice-bad' },
                t('catalog.check.faults', { n: draft.faults.length }),
              ),
          h(DiffView, {
            key: 'diff',
            before: published?.text ?? '',
            after: draft.text,
            label: t('catalog.tab.changes'),
          }),
          h(Consequences, { key: 'consequences', findings: draft }),
          kind === 'Metric' && published && draft.state === 'in_review'
            ? h(DifferenceReport, { key: draft.at, id })
            : null,
        ]
      : h(Empty, { title: t('catalog.noDraft') }),
    h(Reviews, { reviews, names: props.names }),
  );
}

/** What was said about the draft, newest first. */
const Reviews = ({
  reviews,
  names,
}: Pick<DocumentAnswer, 'reviews'> & { readonly names: Names }): JSX.Element | null =>
  reviews.length === 0
    ? null
    : h(
        'section',
        null,
        h('h2', null, t('catalog.reviews')),
        h(
          'ul',
          { class: 'messages' },
          reviews
            .toSorted((a, b) => b.at.localeCompare(a.at))
            .map(({ by, at, action, reason }) =>
              h(
                'li',
                { key: `${at} ${action}`, class: 'message' },
                h(
                  'p',
                  { class: 'message-title' },
                  h(
                    'span',
                    null,
                    t(`catalog.action.${action}`),
                    ' · ',
                    h(Named, { of: by, names }),
                  ),
                  h('span', { class: 'faint' }, h(Instant, { at })),
                ),
                reason === undefined ? null : h('p', null, reason),
              ),
            ),
        ),
      );
