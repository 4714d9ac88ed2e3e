import { h } from 'preact';
import type { JSX } from 'preact';
export const AlertsPage = (props: { show: 'open' | 'all' }): JSX.Element =>
  h('div', null, props.show);
