import { h } from 'preact';
import type { JSX } from 'preact';
import { lineCount } from '../../data/catalog-position.ts';

/** The numbers of a text's lines, those with a fault marked. For the eye: a fault says its line in words. */
export function LineNumbers(props: {
  readonly text: string;
  readonly marked?: ReadonlySet<number>;
}): JSX.Element {
  return h(
    'div',
    { class: 'line-numbers', 'aria-hidden': 'true' },
    Array.from({ length: lineCount(props.text) }, (_, i) =>
      h('span', { key: i, class: props.marked?.has(i + 1) ? 'line-marked' : undefined }, i + 1),
    ),
  );
}

/** A text as it is written, with its line numbers. */
export const Source = (props: { readonly text: string; readonly label: string }): JSX.Element =>
  h(
    'div',
    { class: 'source', tabIndex: 0, role: 'region', 'aria-label': props.label },
    h(LineNumbers, { text: props.text.replace(/\n$/, '') }),
    h('pre', null, h('code', null, props.text)),
  );
