import { h } from 'preact';
import type { JSX } from 'preact';
import type { LocalizedText } from '../../../kernel/definitions.ts';
import { localized, t } from '../i18n/text.ts';

type Names = ReadonlyMap<string, string>;

/** By name where it has one; which it is, is told when it is pointed at. */
export const Named = (props: { readonly of: string; readonly names: Names }): JSX.Element =>
  h('span', { title: props.of }, nameIn(props.names, props.of));

/** The name of a person, team or document, else the reference without its kind. */
export const nameIn = (names: Names, of: string): string => names.get(of) ?? ownerText(of);

/** Who wrote what was published, and who approved it. */
export const authorsText = (
  { author, approvedBy }: { readonly author: string; readonly approvedBy?: string },
  names: Names,
): string =>
  [
    nameIn(names, author),
    ...(approvedBy === undefined
      ? []
      : [t('catalog.approvedBy', { who: nameIn(names, approvedBy) })]),
  ].join(' · ');

/** Who answers: by name where it is known, else the reference without its kind. */
export const ownerText = (owner: string | null | undefined, name?: LocalizedText | null): string =>
  name ? localized(name) : (owner ?? '').replace(/^(person:|team:|\w+\/)/, '');
