import { h } from 'preact';
import type { JSX } from 'preact';
import { useMemo, useState } from 'preact/hooks';
import { countChanges, diffLines, foldSame } from '../../data/catalog-diff.ts';
import type { DiffLine, DiffPart } from '../../data/catalog-diff.ts';
import { t } from '../../i18n/text.ts';

const SIGN = { same: ' ', removed: '−', added: '+' } as const;

/** What became of a text, line by line; what did not change is folded until it is asked for. */
export function DiffView(props: {
  readonly before: string;
  readonly after: string;
  readonly label: string;
}): JSX.Element {
  const { before, after, label } = props;
  const [isWhole, setWhole] = useState(false);
  const lines = useMemo(() => diffLines(before, after), [before, after]);
  const { added, removed } = countChanges(lines);
  if (added + removed === 0) return h('p', { class: 'faint' }, t('catalog.diff.none'));
  const parts: readonly DiffPart[] = isWhole ? [{ kind: 'lines', lines }] : foldSame(lines);
  return h(
    'div',
    { class: 'diff' },
    h(
      'p',
      { class: 'diff-count' },
      h('span', { class: 'diff-plus' }, `+${String(added)}`),
      ' ',
      h('span', { class: 'diff-minus' }, `−${String(removed)}`),
    ),
    h(
      'div',
      { class: 'source', tabIndex: 0, role: 'region', 'aria-label': label },
      h(
        'table',
        null,
        h(
          'tbody',
          null,
          parts.map((part, i) =>
            part.kind === 'lines'
              ? part.lines.map((line) => h(Line, { key: keyOf(line), line }))
              : h(
                  'tr',
                  { key: `fold ${String(i)}`, class: 'diff-fold' },
                  h(
                    'td',
                    { colSpan: 4 },
                    h(
                      'button',
                      { type: 'button', class: 'row-button', onClick: () => setWhole(true) },
                      t('catalog.diff.folded', { n: part.count }),
                    ),
                  ),
                ),
          ),
        ),
      ),
    ),
  );
}

const keyOf = ({ before, after }: DiffLine): string =>
  `${String(before ?? '')}:${String(after ?? '')}`;

const Line = ({ line }: { readonly line: DiffLine }): JSX.Element =>
  h(
    'tr',
    { class: `diff-${line.kind}` },
    h('td', { class: 'diff-number' }, line.before ?? ''),
    h('td', { class: 'diff-number' }, line.after ?? ''),
    h(
      'td',
      { class: 'diff-sign' },
      h('span', { 'aria-hidden': 'true' }, SIGN[line.kind]),
      line.kind === 'same'
        ? null
        : h('span', { class: 'visually-hidden' }, t(`catalog.diff.${line.kind}`)),
    ),
    h('td', null, h('code', null, line.text)),
  );
