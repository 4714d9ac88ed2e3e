import { h } from 'preact';
import type { JSX } from 'preact';
export const AlertPage = (props: { id: string }): JSX.Element => h('div', null, props.id);
