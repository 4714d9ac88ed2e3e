import type { Json } from '../json.ts';
import { catalogJsonSchema } from './json-schema.ts';

type Fields = { readonly [key: string]: Json };
/** What is looked at of a JSON Schema here. */
type Form = {
  readonly type?: string;
  readonly const?: Json;
  readonly anyOf?: readonly Form[];
  readonly oneOf?: readonly Form[];
  readonly items?: Form;
  readonly properties?: { readonly [key: string]: Form };
  readonly additionalProperties?: Form | boolean;
};

let documents: Form | undefined;

/** A document with its fields in the order in which its schema names them, those that the schema does not name last. */
export const inFieldOrder = (document: Json): Json =>
  ordered(document, (documents ??= catalogJsonSchema() as Form));

function ordered(value: Json, form: Form): Json {
  const known = choicesOf(form)?.find((one) => isOf(value, one)) ?? form;
  if (Array.isArray(value)) return value.map((item: Json) => ordered(item, known.items ?? {}));
  if (!isFields(value)) return value;
  const { properties = {}, additionalProperties: others } = known;
  const other = typeof others === 'object' ? others : {};
  const names = new Set([
    ...Object.keys(properties).filter((name) => name in value),
    ...Object.keys(value),
  ]);
  return Object.fromEntries(
    [...names].map((name) => [name, ordered(value[name] as Json, properties[name] ?? other)]),
  );
}

const choicesOf = ({ anyOf, oneOf }: Form): readonly Form[] | undefined => anyOf ?? oneOf;

/** Whether the value can be of the form, by its shape and by the words that tell forms apart, as `kind` and `type` do. */
function isOf(value: Json, form: Form): boolean {
  if (form.const !== undefined) return form.const === value;
  const choices = choicesOf(form);
  if (choices) return choices.some((one) => isOf(value, one));
  if (form.type !== undefined && shapeOf(value) !== shapeIn(form.type)) return false;
  return (
    !isFields(value) ||
    Object.entries(form.properties ?? {}).every(
      ([name, one]) => !(name in value) || isOf(value[name] as Json, one),
    )
  );
}

const isFields = (value: Json): value is Fields => shapeOf(value) === 'object';
type Shape = 'array' | 'object' | 'one';
const shapeOf = (value: Json): Shape =>
  Array.isArray(value) ? 'array' : typeof value === 'object' && value !== null ? 'object' : 'one';
const shapeIn = (type: string): Shape => (type === 'array' || type === 'object' ? type : 'one');
