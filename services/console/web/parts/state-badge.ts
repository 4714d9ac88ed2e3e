import { h } from 'preact';
import type { JSX } from 'preact';
import type { Point, PointState } from '../../core/answers.ts';
import { t } from '../i18n/text.ts';

/** A window's state as word and mark; the mark is the one that the chart draws, so no state is told by colour alone. */
export function StateBadge(props: { readonly point: Point | undefined }): JSX.Element {
  const state = shownState(props.point);
  const revision = props.point?.revision ?? 0;
  const showsRevision = revision > 0 && (state === 'revised' || state === 'restated');
  return h(
    'span',
    { class: `badge badge-${state}`, title: t(`state.${state}.meaning`) },
    h(StateMark, { state }),
    t(`state.${state}`),
    showsRevision ? h('span', { class: 'badge-detail' }, ` ${String(revision)}`) : null,
  );
}

export type ShownState = PointState | 'none';

export const shownState = (point: Point | undefined): ShownState =>
  point === undefined || (point.value === null && point.state !== 'rebuilding')
    ? 'none'
    : point.state;

/** A bar as the chart draws it, small. */
export const StateMark = (props: { readonly state: ShownState }): JSX.Element =>
  h(
    'svg',
    { viewBox: '0 0 14 16', class: `mark mark-${props.state}`, 'aria-hidden': 'true' },
    MARKS[props.state].map((shape, i) => h('path', { key: i, d: shape.d, class: shape.class })),
  );

const BAR = 'M3.5 6h7v9.25h-7z';
type Shape = { readonly d: string; readonly class: string };
const MARKS: Readonly<Record<ShownState, readonly Shape[]>> = {
  open: [
    { d: BAR, class: 'mark-outline' },
    { d: 'M4 11l6-5M4 15l6.5-5.4', class: 'mark-hatch' },
  ],
  closed: [{ d: BAR, class: 'mark-soft' }],
  revised: [
    { d: BAR, class: 'mark-soft' },
    { d: 'M7 .6l3.6 4.2H3.4z', class: 'mark-sign' },
  ],
  final: [
    { d: BAR, class: 'mark-soft' },
    { d: 'M2 6.2h10', class: 'mark-cap' },
  ],
  restated: [
    { d: BAR, class: 'mark-soft' },
    { d: 'M2 6.2h10', class: 'mark-cap' },
    { d: 'M7 0l2.2 2.4L7 4.8 4.8 2.4z', class: 'mark-sign' },
  ],
  rebuilding: [{ d: 'M3.5 3h7v12.25h-7z', class: 'mark-dotted' }],
  none: [{ d: 'M3 15h8', class: 'mark-cap' }],
};
