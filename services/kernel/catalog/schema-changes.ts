import { canonicalJson } from '../json.ts';
import type { Json } from '../json.ts';

type Field = {
  /** Its Avro type, in one form. */
  readonly type: string;
  readonly hasDefault: boolean;
  readonly aliases: readonly string[];
};
type AvroField = {
  readonly name: string;
  readonly type: Json;
  readonly default?: Json;
  readonly aliases?: readonly string[];
};

export type SchemaChange =
  | { readonly kind: 'field_removed'; readonly path: string }
  | { readonly kind: 'field_renamed'; readonly path: string; readonly to: string }
  | {
      readonly kind: 'field_type_changed';
      readonly path: string;
      readonly from: string;
      readonly to: string;
    }
  /** A new field without default: events without it are refused. */
  | { readonly kind: 'field_required'; readonly path: string }
  | { readonly kind: 'field_added'; readonly path: string };

/**
 * How two record schemas differ, field by field, nested records included; paths as expressions write them, `data.amount`.
 * A field is renamed when the new one has the old name as an alias, or when in one record exactly one field went and one
 * of the same type came. Order and documentation do not matter.
 */
export function schemaChanges(before: Json, after: Json): readonly SchemaChange[] {
  const [old, now] = [fieldsOf(before, 'data'), fieldsOf(after, 'data')];
  const gone = [...old.keys()].filter((path) => !now.has(path) && hasParent(path, now));
  const come = [...now.keys()].filter((path) => !old.has(path) && hasParent(path, old));
  const renamed = new Map(
    gone.flatMap((path) => {
      const to = successor(path, { gone, come, old, now });
      return to === undefined ? [] : [[path, to] as const];
    }),
  );
  const successors = new Set(renamed.values());
  return [
    ...gone.map((path): SchemaChange => {
      const to = renamed.get(path);
      return to === undefined
        ? { kind: 'field_removed', path }
        : { kind: 'field_renamed', path, to };
    }),
    ...[...old].flatMap(([path, { type }]): readonly SchemaChange[] => {
      const other = now.get(path);
      if (!other || other.type === type) return [];
      return [{ kind: 'field_type_changed', path, from: type, to: other.type }];
    }),
    ...come
      .filter((path) => !successors.has(path))
      .map((path): SchemaChange => {
        const kind = now.get(path)?.hasDefault === true ? 'field_added' : 'field_required';
        return { kind, path };
      }),
  ];
}

const parentOf = (path: string): string => path.slice(0, path.lastIndexOf('.'));
/** Fields of a record that is new or gone itself are told with the record. */
const hasParent = (path: string, fields: ReadonlyMap<string, Field>): boolean =>
  parentOf(path) === 'data' || fields.has(parentOf(path));

function successor(
  path: string,
  at: {
    readonly gone: readonly string[];
    readonly come: readonly string[];
    readonly old: ReadonlyMap<string, Field>;
    readonly now: ReadonlyMap<string, Field>;
  },
): string | undefined {
  const parent = parentOf(path);
  const name = path.slice(parent.length + 1);
  const siblings = at.come.filter((one) => parentOf(one) === parent);
  const named = siblings.find((one) => at.now.get(one)?.aliases.includes(name));
  if (named !== undefined) return named;
  const others = at.gone.filter((one) => parentOf(one) === parent);
  const [only] = siblings;
  const isPair = siblings.length === 1 && others.length === 1 && only !== undefined;
  return isPair && at.now.get(only)?.type === at.old.get(path)?.type ? only : undefined;
}

function fieldsOf(schema: Json, path: string): ReadonlyMap<string, Field> {
  const fields = new Map<string, Field>();
  for (const { name, type, aliases = [], ...rest } of recordFields(schema)) {
    const own = `${path}.${name}`;
    const inner = fieldsOf(type, own);
    fields.set(own, {
      type: inner.size > 0 ? 'record' : canonicalJson(bare(type)),
      hasDefault: 'default' in rest,
      aliases,
    });
    for (const [key, field] of inner) fields.set(key, field);
  }
  return fields;
}

/** Fields of a record, or of the one record of a union. */
function recordFields(schema: Json): readonly AvroField[] {
  if (Array.isArray(schema)) return schema.flatMap(recordFields);
  if (typeof schema !== 'object' || schema === null) return [];
  const { type, fields } = schema as { readonly type?: Json; readonly fields?: Json };
  if (type === 'record' && Array.isArray(fields)) return fields as unknown as AvroField[];
  return typeof type === 'object' ? recordFields(type) : [];
}

/** Without what changes no value. */
function bare(type: Json): Json {
  if (Array.isArray(type)) return type.map(bare);
  if (typeof type !== 'object' || type === null) return type;
  const kept = Object.entries(type).filter(([name]) => name !== 'doc' && name !== 'aliases');
  const [only, ...others] = kept;
  if (only?.[0] === 'type' && others.length === 0) return bare(only[1] as Json);
  return Object.fromEntries(kept.map(([name, value]) => [name, bare(value as Json)]));
}
