import { Fragment, h } from 'preact';
import type { ComponentChildren, JSX } from 'preact';
import { ApiError } from '../data/api.ts';
import { formatTime } from '../data/format.ts';
import type { Resource } from '../data/resource.ts';
import { saidWords } from '../data/said-words.ts';
import { locale } from '../i18n/language.ts';
import { t } from '../i18n/text.ts';

/** A still sea: what a page shows when there is nothing to show. */
export function Empty(props: {
  readonly title: string;
  /** It is the whole page, whose heading it is. */
  readonly isPage?: boolean;
  readonly help?: string;
  readonly children?: ComponentChildren;
}): JSX.Element {
  return h(
    'div',
    { class: 'empty' },
    h(
      'svg',
      { viewBox: '0 0 160 40', 'aria-hidden': 'true', class: 'empty-sea' },
      h('path', { d: 'M0 22c20-12 40-12 60 0s40 12 60 0 30-10 40-6', class: 'empty-wave' }),
      h('path', { d: 'M4 8h152', class: 'empty-mark' }),
    ),
    h(props.isPage ? 'h1' : 'p', { class: 'empty-title' }, props.title),
    props.help === undefined ? null : h('p', { class: 'empty-help' }, props.help),
    props.children,
  );
}

/** What there is to say of values that are shown, each in a line. */
export const Warnings = (props: { readonly warnings: readonly string[] }): JSX.Element =>
  h(
    Fragment,
    null,
    props.warnings.map((warning) =>
      h('p', { key: warning, class: 'notice notice-warn' }, saidWords(warning)),
    ),
  );

export const reasonOf = (error: Error): string =>
  error instanceof ApiError && error.status === 0 ? t('state.unreachable') : error.message;

export function Failed(props: {
  readonly error: Error;
  readonly onRetry: () => void;
}): JSX.Element {
  return h(
    'div',
    { class: 'notice notice-bad', role: 'alert' },
    h('strong', null, t('state.failed')),
    h('span', null, reasonOf(props.error)),
    h('button', { type: 'button', class: 'button', onClick: props.onRetry }, t('state.retry')),
  );
}

/** Lines where text will stand, of about its size, so that nothing jumps. */
export const Loading = (props: { readonly lines?: number }): JSX.Element =>
  h(
    'div',
    { class: 'skeleton', role: 'status', 'aria-label': t('state.loading') },
    Array.from({ length: props.lines ?? 4 }, (_, i) => h('span', { key: i })),
  );

/**
 * Shows a resource in whichever of its states it is. Stale data stay, under a line that says as of when.
 * @param render gets the data; not called before there are any
 */
export function Shown<T>(props: {
  readonly resource: Resource<T>;
  readonly reload: () => void;
  readonly lines?: number;
  readonly render: (data: T) => ComponentChildren;
}): JSX.Element {
  const { resource } = props;
  switch (resource.kind) {
    case 'loading':
      return h(Loading, { lines: props.lines ?? 4 });
    case 'failed':
      return h(Failed, { error: resource.error, onRetry: props.reload });
    case 'ready':
    case 'stale':
      return h(
        'div',
        { class: 'shown' },
        // Where there is no notice its place is kept: without it, what follows would be drawn as new and forget its state.
        resource.kind === 'stale' ? h(Stale, { of: resource, reload: props.reload }) : null,
        props.render(resource.data),
      );
  }
}

const Stale = (props: {
  readonly of: Resource<unknown> & { readonly kind: 'stale' };
  readonly reload: () => void;
}): JSX.Element =>
  h(
    'p',
    { class: 'notice notice-warn', role: 'status' },
    h(
      'span',
      null,
      t('state.stale', {
        time: formatTime(props.of.atMs, { locale: locale() }),
        reason: reasonOf(props.of.error),
      }),
    ),
    h('button', { type: 'button', class: 'button', onClick: props.reload }, t('state.retry')),
  );
