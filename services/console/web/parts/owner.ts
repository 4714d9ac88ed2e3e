import { h } from 'preact';
import type { JSX } from 'preact';
import type { LocalizedText } from '../../../kernel/definitions.ts';
import { localized } from '../i18n/text.ts';

/** By name where it has one; which it is, is told when it is pointed at. */
export const Named = (props: {
  readonly of: string;
  readonly names: ReadonlyMap<string, string>;
}): JSX.Element => h('span', { title: props.of }, props.names.get(props.of) ?? ownerText(props.of));

/** Who answers: by name where it is known, else the reference without its kind. */
export const ownerText = (owner: string | null | undefined, name?: LocalizedText | null): string =>
  name ? localized(name) : (owner ?? '').replace(/^(person:|team:|\w+\/)/, '');
