import { h } from 'preact';
import type { JSX } from 'preact';
import type { DocumentState } from '../../../core/catalog/answers.ts';
import type { Kind } from '../../data/catalog-template.ts';
import { KINDS } from '../../data/catalog-template.ts';
import { localized, t } from '../../i18n/text.ts';

/** The state as a word in its colour. */
export const StatePill = (props: { readonly state: DocumentState }): JSX.Element =>
  h(
    'span',
    { class: `pill pill-${props.state}`, 'data-state': props.state },
    t(`catalog.state.${props.state}`),
  );

const isKind = (kind: string): kind is Kind => (KINDS as readonly string[]).includes(kind);

/** A kind as the reader's language calls it; one that this console does not know yet, as it is written. */
export const kindText = (kind: string): string => (isKind(kind) ? t(`catalog.kind.${kind}`) : kind);

/** By name where it has one. */
export const titleOf = (
  name: { readonly en?: string; readonly zh?: string } | undefined,
  id: string,
): string => localized({ en: name?.en ?? name?.zh ?? id, zh: name?.zh }) || id;
