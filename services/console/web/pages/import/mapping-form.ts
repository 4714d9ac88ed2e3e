import { h } from 'preact';
import type { JSX } from 'preact';
import type { DateOrder } from '../../../../kernel/import/local-time.ts';
import { fieldsOf, isRequired } from '../../../../kernel/import/mapping.ts';
import type { Row } from '../../../../kernel/import/row.ts';
import type { Json } from '../../../../kernel/json.ts';
import { t } from '../../i18n/text.ts';
import { Select } from '../../parts/segmented.ts';
import { typeText } from './draft.ts';
import type { Draft } from './draft.ts';

type FormProps = {
  readonly draft: Draft;
  readonly schema: Json;
  /** Whether events of the type have a time of their own. */
  readonly needsTime: boolean;
  readonly sample: readonly Row[];
  readonly onChange: (draft: Draft) => void;
};

/** Which column becomes what. */
export function MappingForm(props: FormProps): JSX.Element {
  const { draft, onChange, needsTime, sample } = props;
  const columns = [...new Set(sample.flatMap(({ values }) => Object.keys(values)))];
  const none = { value: '', label: t('import.none') };
  const choices = [none, ...columns.map((column) => ({ value: column, label: column }))];
  const change = (part: Partial<Draft>): void => onChange({ ...draft, ...part });
  return h(
    'div',
    { class: 'mapping' },
    h(
      'div',
      { class: 'mapping-event' },
      needsTime
        ? [
            h(Select, {
              label: t('import.time'),
              value: draft.time,
              choices,
              onChoose: (time) => change({ time }),
            }),
            h(TextField, {
              label: t('import.timezone'),
              value: draft.timezone,
              list: zones(),
              onChange: (timezone) => change({ timezone }),
            }),
            h(Select, {
              label: t('import.dates'),
              value: draft.dateOrder,
              choices: (['ymd', 'dmy', 'mdy'] as const).map((value) => ({
                value,
                label: t(`import.dates.${value}`),
              })),
              onChoose: (order) => change({ dateOrder: order as DateOrder }),
            }),
          ]
        : null,
      h(TextField, {
        label: t('import.id'),
        value: draft.id,
        help: t('import.idHelp', { column: '{column}' }),
        onChange: (id) => change({ id }),
      }),
      h(TextField, {
        label: t('import.subject'),
        value: draft.subject,
        onChange: (subject) => change({ subject }),
      }),
      h(TextField, {
        label: t('import.source'),
        value: draft.source,
        onChange: (source) => change({ source }),
      }),
      h(
        'label',
        { class: 'check' },
        h('input', {
          type: 'checkbox',
          checked: draft.decimalComma,
          onChange: (event: Event) =>
            change({ decimalComma: (event.currentTarget as HTMLInputElement).checked }),
        }),
        t('import.comma'),
      ),
    ),
    h(Fields, { ...props, choices }),
  );
}

function Fields(
  props: FormProps & {
    readonly choices: readonly { readonly value: string; readonly label: string }[];
  },
): JSX.Element {
  const { draft, schema, sample, onChange, choices } = props;
  const first = sample.find(({ fault }) => fault === undefined)?.values ?? {};
  return h(
    'div',
    { class: 'scroll', tabIndex: 0, role: 'region', 'aria-label': t('import.columns') },
    h(
      'table',
      { class: 'table mapping-fields' },
      h(
        'thead',
        null,
        h(
          'tr',
          null,
          h('th', { scope: 'col' }, t('import.field')),
          h('th', { scope: 'col' }, t('import.fieldType')),
          h('th', { scope: 'col' }, t('import.column')),
          h('th', { scope: 'col' }, t('import.sample')),
        ),
      ),
      h(
        'tbody',
        null,
        fieldsOf(schema).map((field) => {
          const column = draft.columns[field.name] ?? '';
          const isLacking = isRequired(field) && column === '';
          return h(
            'tr',
            { key: field.name, 'data-field': field.name },
            h('th', { scope: 'row' }, h('code', null, field.name)),
            h('td', { class: 'faint' }, typeText(field)),
            h(
              'td',
              null,
              h(
                'span',
                { class: `select ${isLacking ? 'select-lacking' : ''}` },
                h(
                  'select',
                  {
                    'aria-label': field.name,
                    value: column,
                    onChange: (event: Event) =>
                      onChange({
                        ...draft,
                        columns: {
                          ...draft.columns,
                          [field.name]: (event.currentTarget as HTMLSelectElement).value,
                        },
                      }),
                  },
                  choices.map(({ value, label }) =>
                    h('option', { key: value, value, selected: value === column }, label),
                  ),
                ),
                isLacking ? h('span', { class: 'trouble' }, t('import.required')) : null,
              ),
            ),
            h('td', { class: 'mapping-sample' }, column === '' ? '' : String(first[column] ?? '')),
          );
        }),
      ),
    ),
  );
}

function TextField(props: {
  readonly label: string;
  readonly value: string;
  readonly help?: string;
  readonly list?: readonly string[];
  readonly onChange: (value: string) => void;
}): JSX.Element {
  const listId = props.list ? `list-${props.label}` : undefined;
  return h(
    'label',
    { class: 'find-field', title: props.help ?? '' },
    h('span', { class: 'select-label' }, props.label),
    h('input', {
      class: 'input',
      value: props.value,
      spellcheck: false,
      autocomplete: 'off',
      ...(listId === undefined ? {} : { list: listId }),
      onChange: (event: Event) => props.onChange((event.currentTarget as HTMLInputElement).value),
    }),
    props.list
      ? h(
          'datalist',
          { id: listId },
          props.list.map((value) => h('option', { key: value, value })),
        )
      : null,
  );
}

const zones = (): readonly string[] => Intl.supportedValuesOf('timeZone');
