import { h } from 'preact';
import type { JSX } from 'preact';
import type { AlertAnswer, Said } from '../data/alerts.ts';
import type { Known } from '../data/metric-names.ts';
import { muteWords } from '../data/alert-words.ts';
import { useDocumentNames, usePeopleNames } from '../data/people-names.ts';
import type { Names } from '../data/people-names.ts';
import { t } from '../i18n/text.ts';
import { Term } from '../parts/link.ts';
import { Named } from '../parts/owner.ts';
import { Instant } from '../parts/time.ts';

/** What people said of the alert and what holds its messages back; nothing where there is neither. */
export function Overlay(props: {
  readonly alert: AlertAnswer;
  readonly metric: Known | undefined;
}): JSX.Element | null {
  const timezone = props.metric?.timezone;
  const { acknowledged, mutedBy, snoozedUntil, assignee, closed, escalation } = props.alert;
  const names = useDocumentNames();
  const rows = [
    acknowledged &&
      h(
        Term,
        { name: t('alert.acknowledged') },
        said(acknowledged, { names, timezone }),
        ' · ',
        t('alert.until'),
        ' ',
        h(Instant, { at: acknowledged.until, timezone }),
      ),
    mutedBy !== null &&
      h(
        Term,
        { name: t('alert.mutedBy') },
        h('span', { title: mutedBy }, muteWords(mutedBy, names)),
      ),
    snoozedUntil !== null &&
      h(Term, { name: t('alert.snoozedUntil') }, h(Instant, { at: snoozedUntil, timezone })),
    assignee !== null && h(Term, { name: t('alert.assignee') }, h(Named, { of: assignee, names })),
    closed && h(Term, { name: t('alert.closed') }, said(closed, { names, timezone })),
    escalation &&
      h(
        Term,
        { name: t('alert.escalation') },
        t('alert.escalationStep', { step: escalation.step, of: escalation.of }),
        escalation.nextAt === null
          ? null
          : [' · ', h(Instant, { at: escalation.nextAt, timezone }), ' → '],
        escalation.nextTo === null ? null : h(Named, { of: escalation.nextTo, names }),
      ),
  ].filter((row) => row !== false && row !== null);
  return rows.length === 0
    ? null
    : h('section', { class: 'panel' }, h('dl', { class: 'terms' }, rows));
}

const said = (
  { by, at, comment }: Said,
  { names, timezone }: { readonly names: Names; readonly timezone: string | undefined },
): (JSX.Element | string)[] => [
  h(Named, { of: by, names }),
  ' ',
  h(Instant, { at, timezone }),
  ...(comment === null ? [] : [` · ${comment}`]),
];

/** Comments, newest first. */
export function Comments(props: {
  readonly alert: AlertAnswer;
  readonly metric: Known | undefined;
}): JSX.Element | null {
  const timezone = props.metric?.timezone;
  const names = usePeopleNames();
  const { comments } = props.alert;
  if (comments.length === 0) return null;
  return h(
    'section',
    null,
    h('h2', null, t('alert.comments')),
    h(
      'ul',
      { class: 'messages' },
      comments
        .toReversed()
        .map(({ by, at, text }) =>
          h(
            'li',
            { key: `${at} ${by}`, class: 'message' },
            h(
              'p',
              { class: 'faint' },
              h(Named, { of: by, names }),
              ' ',
              h(Instant, { at, timezone }),
            ),
            h('p', null, text),
          ),
        ),
    ),
  );
}
