import { catalogJsonSchema } from '../../services/kernel/catalog/json-schema.ts';
import { code, page, table } from './markdown.ts';

type Schema = {
  readonly type?: string | readonly string[];
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly format?: string;
  readonly pattern?: string;
  readonly default?: unknown;
  readonly description?: string;
  readonly examples?: readonly unknown[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema | boolean;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly minimum?: number;
  readonly maximum?: number;
};

export function catalogPage(): string {
  const documents = (catalogJsonSchema() as unknown as Schema).anyOf ?? [];
  return page('Catalogue', '`services/kernel/catalog/documents.ts`', [
    'YAML files, one document per definition, each with `apiVersion: tidemark/v1`. `schemas/catalog.schema.json` is the JSON Schema for editors. CEL expressions see `data`, `id`, `source`, `time` and `subject`.',
    ...documents.flatMap(section),
  ]);
}

function section(document: Schema): readonly string[] {
  const { kind, metadata, spec } = document.properties ?? {};
  const type = spec?.properties?.['type'];
  const name = String(kind?.const);
  const title = type?.const ? `${name}, type ${String(type.const)}` : name;
  return [
    `## ${title}`,
    table(
      ['field', 'value', 'default', 'meaning'],
      [...rowsOf('metadata', metadata), ...rowsOf('spec', spec)],
    ),
  ];
}

/** A row per field, nested ones by their path; fields that must be there are bold. */
function rowsOf(path: string, schema: Schema | undefined): readonly (readonly string[])[] {
  if (schema?.items?.properties && schema.type === 'array')
    return rowsOf(`${path}[]`, schema.items);
  return Object.entries(schema?.properties ?? {}).flatMap(([name, field]) => {
    const inner = `${path}.${name}`;
    const isRequired = schema?.required?.includes(name) ?? false;
    const label = isRequired ? `**${code(inner)}**` : code(inner);
    const own = [label, valueOf(field), defaultOf(field), field.description ?? ''];
    const isNested = field.properties !== undefined || field.items?.properties !== undefined;
    return isNested ? [own, ...rowsOf(inner, field)] : [own];
  });
}

function valueOf(schema: Schema): string {
  if (schema.const !== undefined) return code(String(schema.const));
  if (schema.enum) return schema.enum.map((one) => code(String(one))).join(', ');
  const alternatives = schema.anyOf ?? schema.oneOf;
  if (alternatives) return alternatives.map(valueOf).join(' or ');
  if (schema.format === 'duration') return 'duration (ISO 8601)';
  if (schema.type === 'array') return `list of ${schema.items ? valueOf(schema.items) : 'values'}`;
  if (schema.properties)
    return `{ ${Object.keys(schema.properties)
      .map((name) => code(name))
      .join(', ')} }`;
  if (schema.type === 'object') return 'names and values';
  if (schema.type === 'integer' && schema.minimum !== undefined)
    return `integer ${schema.minimum} to ${schema.maximum ?? '…'}`;
  if (schema.type === 'string') return 'text';
  return String(schema.type ?? 'any');
}

const defaultOf = (schema: Schema): string =>
  schema.default === undefined ? '' : code(JSON.stringify(schema.default));
