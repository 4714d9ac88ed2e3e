import { h } from 'preact';
import type { JSX } from 'preact';
import type { Direction } from '../../../kernel/definitions.ts';
import { formatChange } from '../data/format-change.ts';
import { toneOf } from '../data/home.ts';
import { locale } from '../i18n/language.ts';

/** How far a value moved, as a share; whether that is good is said by its colour, which way by its sign and mark. */
export function ChangeMark(props: {
  readonly share: number | null;
  readonly direction: Direction;
  readonly title?: string | undefined;
}): JSX.Element {
  const { share, direction } = props;
  if (share === null) return h('span', { class: 'change faint', title: props.title }, '–');
  return h(
    'span',
    { class: `change change-${toneOf(direction, share)}`, title: props.title },
    share === 0
      ? null
      : h(
          'svg',
          { viewBox: '0 0 8 8', 'aria-hidden': 'true' },
          h('path', { d: share > 0 ? 'M4 1l3.5 6h-7z' : 'M4 7L.5 1h7z' }),
        ),
    formatChange(share, locale()),
  );
}
