import { h } from 'preact';
import type { ComponentChildren, JSX } from 'preact';
import type { DocumentAnswer } from '../../../core/catalog/answers.ts';
import { t } from '../../i18n/text.ts';
import { Link } from '../../parts/link.ts';
import { Source } from './line-numbers.ts';

type Names = Readonly<Record<string, string>>;
type Fields = Readonly<Record<string, unknown>>;
const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A document to be read: its fields one by one, and the text that they stand in. */
export function ReadView(props: {
  readonly published: NonNullable<DocumentAnswer['published']>;
  readonly names: Names | undefined;
}): JSX.Element {
  const { names = {} } = props;
  const { document, text } = props.published;
  const { metadata, spec } = isFields(document) ? document : {};
  return h(
    'div',
    { class: 'read-view' },
    isFields(metadata) ? h(FieldList, { fields: without(metadata, ['id', 'name']), names }) : null,
    isFields(spec) ? h(FieldList, { fields: spec, names }) : null,
    h(
      'details',
      null,
      h('summary', null, t('catalog.source')),
      h(Source, { text, label: t('catalog.source') }),
    ),
  );
}

const without = (fields: Fields, names: readonly string[]): Fields =>
  Object.fromEntries(Object.entries(fields).filter(([name]) => !names.includes(name)));

/** What a definition is about comes first; the rest as it is written. */
const FIRST: readonly string[] = [
  'code',
  'purpose',
  'description',
  'definition',
  'owner',
  'steward',
  'type',
  'metric',
  'event',
  'where',
  'value',
  'aggregation',
  'formula',
  'when',
  'clear',
  'for',
  'window',
  'unit',
];
const rankOf = (name: string): number => {
  const at = FIRST.indexOf(name);
  return at < 0 ? FIRST.length : at;
};

/** Fields also by the names that they have in the text: whoever reads them here finds them there. */
const FieldList = (props: { readonly fields: Fields; readonly names: Names }): JSX.Element | null =>
  Object.keys(props.fields).length === 0
    ? null
    : h(
        'dl',
        { class: 'field-list' },
        Object.entries(props.fields)
          .toSorted(([a], [b]) => rankOf(a) - rankOf(b))
          .map(([name, value]) => [
            h(
              'dt',
              { key: `${name} name` },
              props.names[name]
                ? [props.names[name], ' ', h('span', { class: 'faint' }, name)]
                : name,
            ),
            h(
              'dd',
              { key: name },
              name === 'metric' && typeof value === 'string'
                ? h(Link, { to: { page: 'metric', id: value, by: [] } }, value)
                : shownValue(value, props.names),
            ),
          ]),
      );

function shownValue(value: unknown, names: Names): ComponentChildren {
  if (typeof value === 'string') return isSentence(value) ? value : h('code', null, value);
  if (isFields(value) && Object.keys(value).length > 0)
    return h(FieldList, { fields: value, names });
  if (Array.isArray(value) && value.some(isFields))
    return value.map((one: unknown, i) =>
      h('div', { key: i, class: 'field-item' }, shownValue(one, names)),
    );
  return h('code', null, flowText(value));
}

/** As YAML writes it in one line: `minute, hour, day`, `[], [country]`. */
function flowText(value: unknown): string {
  if (!Array.isArray(value)) return typeof value === 'string' ? value : JSON.stringify(value);
  const parts = value.map((one) => (Array.isArray(one) ? `[${flowText(one)}]` : flowText(one)));
  return parts.length === 0 ? '' : parts.join(', ');
}

/** Sentences are set as text, all else as what it is. */
const isSentence = (text: string): boolean =>
  /[\u3400-\u9fff]/.test(text) || (/^\p{Lu}\S* \S+ /u.test(text) && !/[<>=*]/.test(text));
