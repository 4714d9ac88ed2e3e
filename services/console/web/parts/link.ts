import { h } from 'preact';
import type { ComponentChildren, JSX } from 'preact';
import { formatRoute } from '../data/route.ts';
import type { Route } from '../data/route.ts';

export const Link = (props: {
  readonly to: Route;
  readonly class?: string;
  readonly current?: boolean;
  readonly children?: ComponentChildren;
}): JSX.Element =>
  h(
    'a',
    {
      href: formatRoute(props.to),
      ...(props.class === undefined ? {} : { class: props.class }),
      ...(props.current ? { 'aria-current': 'page' as const } : {}),
    },
    props.children,
  );

/** A word and what it stands for, in a description list. */
export const Term = (props: {
  readonly name: string;
  readonly children?: ComponentChildren;
}): JSX.Element =>
  h('div', { class: 'term' }, h('dt', null, props.name), h('dd', null, props.children));
