import { h } from 'preact';
import type { JSX } from 'preact';
import type { Unit } from '../data/format.ts';
import { formatValue } from '../data/format.ts';
import { unitText } from '../data/metric-names.ts';
import { locale } from '../i18n/language.ts';

/** A value with its unit. A new value rises once, like water; not where the reader prefers less motion. */
export function LiveNumber(props: {
  readonly value: string | null | undefined;
  readonly unit: Unit;
  readonly class?: string;
}): JSX.Element {
  const text = formatValue(props.value ?? null, props.unit, locale());
  const word = unitText(props.unit);
  return h(
    'span',
    { class: `number ${props.class ?? ''}`, 'data-value': props.value ?? '' },
    h('span', { key: text, class: 'number-figure' }, text),
    word === '' || props.value == null ? null : h('span', { class: 'number-unit' }, word),
  );
}
