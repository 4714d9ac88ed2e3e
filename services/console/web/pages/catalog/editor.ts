import { h } from 'preact';
import type { JSX } from 'preact';
import { useRef } from 'preact/hooks';
import type { TextFaultAnswer } from '../../../core/catalog/answers.ts';
import { indentAfter, lineCount, wordAt } from '../../data/catalog-position.ts';
import type { Place } from '../../data/catalog-position.ts';
import { LineNumbers } from './line-numbers.ts';

/** Lines that are free below the text, so that it does not jump while it grows. */
const SPARE_LINES = 2;
const LINES_MIN = 18;

export type Editor = {
  /** Selects what stands at the place and brings it into view. */
  readonly jump: (place: Place) => void;
  readonly element: JSX.Element;
};

/**
 * A field for YAML as tall as its text, so that line numbers need no scrolling of their own. Tab goes on to the next
 * control, as everywhere; a new line begins as deep as the one before.
 */
export function useEditor(of: {
  readonly text: string;
  readonly label: string;
  readonly faults: readonly TextFaultAnswer[];
  readonly onText: (text: string) => void;
}): Editor {
  const { text, label, faults, onText } = of;
  const field = useRef<HTMLTextAreaElement>(null);
  const lines = Math.max(lineCount(text) + SPARE_LINES, LINES_MIN);
  const element = h(
    'div',
    { class: 'source editor' },
    h(LineNumbers, { text, marked: new Set(faults.map(({ line }) => line)) }),
    h('textarea', {
      ref: field,
      'aria-label': label,
      'aria-invalid': faults.length > 0,
      value: text,
      rows: lines,
      wrap: 'off',
      spellcheck: false,
      autocomplete: 'off',
      autocapitalize: 'off',
      onInput: (event: Event) => onText((event.currentTarget as HTMLTextAreaElement).value),
      onKeyDown: (event: KeyboardEvent) => {
        if (event.key !== 'Enter' || event.isComposing || event.ctrlKey || event.metaKey) return;
        const area = event.currentTarget as HTMLTextAreaElement;
        event.preventDefault();
        // Of all ways to insert text this is the one that Undo knows of; it tells `onInput` too.
        document.execCommand(
          'insertText',
          false,
          `\n${indentAfter(area.value, area.selectionStart)}`,
        );
      },
    }),
  );
  return { jump: (place) => field.current && show(field.current, place), element };
}

function show(field: HTMLTextAreaElement, place: Place): void {
  const { from, to } = wordAt(field.value, place);
  field.focus({ preventScroll: true });
  field.setSelectionRange(from, to);
  const lineHeight = Number.parseFloat(getComputedStyle(field).lineHeight);
  const top = field.getBoundingClientRect().top + (place.line - 1) * lineHeight;
  // A third down the screen: what stands above it is mostly what it is about.
  scrollBy({ top: top - innerHeight / 3 });
}
