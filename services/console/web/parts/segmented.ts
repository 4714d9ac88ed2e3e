import { h } from 'preact';
import type { JSX } from 'preact';

export type Choice<T extends string> = { readonly value: T; readonly label: string };

/** One of a few, all of them seen: native radio buttons, so that arrow keys and screen readers work as ever. */
export function Segmented<T extends string>(props: {
  readonly name: string;
  readonly legend: string;
  readonly value: T;
  readonly choices: readonly Choice<T>[];
  readonly onChoose: (value: T) => void;
}): JSX.Element {
  return h(
    'fieldset',
    { class: 'segmented' },
    h('legend', { class: 'visually-hidden' }, props.legend),
    props.choices.map(({ value, label }) =>
      h(
        'label',
        { key: value },
        h('input', {
          type: 'radio',
          name: props.name,
          value,
          checked: value === props.value,
          onChange: () => props.onChoose(value),
        }),
        h('span', null, label),
      ),
    ),
  );
}

/** One of many. */
export function Select(props: {
  readonly label: string;
  readonly value: string;
  readonly choices: readonly Choice<string>[];
  readonly onChoose: (value: string) => void;
}): JSX.Element {
  return h(
    'label',
    { class: 'select' },
    h('span', { class: 'select-label' }, props.label),
    h(
      'select',
      {
        value: props.value,
        onChange: (event: Event) =>
          props.onChoose((event.currentTarget as HTMLSelectElement).value),
      },
      props.choices.map(({ value, label }) =>
        h('option', { key: value, value, selected: value === props.value }, label),
      ),
    ),
  );
}
