import type { Json } from '../json.ts';
import { LOOK_BACKS } from '../look-back.ts';
import type { Environment, VariableType } from './types.ts';

const STRING = { kind: 'string', nullable: false } as const;
const INTEGER = { kind: 'decimal', scale: 0, nullable: false } as const;
/** Places of `completeness`, a share from 0 to 1. */
export const COMPLETENESS_SCALE = 4;

/** What expressions of metrics see of an event: `data` by its Avro record schema, and the CloudEvents attributes. */
export function eventEnvironment(avroSchema: Json): Environment {
  return {
    variables: new Map<string, VariableType>([
      ['data', typeOf(avroSchema, { namespace: '', named: new Map() })],
      ['id', STRING],
      ['source', STRING],
      ['time', { kind: 'timestamp', nullable: false }],
      ['subject', { kind: 'string', nullable: true }],
    ]),
  };
}

/**
 * What conditions of rules see: `value`, `previous`, what lies further back (kernel/look-back.ts) and `target` at the unit's scale,
 * null where it is not known. A condition that is null decides nothing: the verdict is inconclusive.
 */
export function ruleEnvironment(unitScale: number): Environment {
  const value = { kind: 'decimal', scale: unitScale, nullable: true } as const;
  return {
    variables: new Map<string, VariableType>([
      ['value', value],
      ['count', INTEGER],
      ['previous', value],
      ...LOOK_BACKS.map((name) => [name, value] as const),
      ['target', value],
      ['completeness', { kind: 'decimal', scale: COMPLETENESS_SCALE, nullable: false }],
    ]),
  };
}

type Names = {
  readonly namespace: string;
  /** Named types by full name; undefined while one is being read, so that recursion is seen. */
  readonly named: Map<string, VariableType | undefined>;
};
type Schema = { readonly [key: string]: Json | undefined };

const opaque = (what: string, nullable = false): VariableType => ({
  kind: 'opaque',
  nullable,
  what,
});

/** @see Apache Avro 1.12 specification */
function typeOf(schema: Json, names: Names): VariableType {
  if (typeof schema === 'string') return namedType(schema, names);
  if (Array.isArray(schema)) return unionType(schema, names);
  const type = (schema as Schema)['type'];
  if (typeof type !== 'string') return typeOf(type ?? null, names);
  switch (type) {
    case 'record':
    case 'error':
      return define(schema as Schema, names, recordType);
    case 'enum':
      return define(schema as Schema, names, () => STRING);
    case 'fixed':
      return define(
        schema as Schema,
        names,
        () => logicalType(schema as Schema) ?? opaque('bytes'),
      );
    case 'array':
      return {
        kind: 'list',
        nullable: false,
        items: typeOf((schema as Schema)['items'] ?? null, names),
      };
    case 'map':
      return {
        kind: 'map',
        nullable: false,
        values: typeOf((schema as Schema)['values'] ?? null, names),
      };
    default:
      return logicalType(schema as Schema) ?? namedType(type, names);
  }
}

function logicalType(schema: Schema): VariableType | undefined {
  const name = String(schema['logicalType']);
  switch (name) {
    case 'decimal':
      return { kind: 'decimal', scale: Number(schema['scale'] ?? 0), nullable: false };
    case 'timestamp-millis':
      return { kind: 'timestamp', nullable: false };
    case 'timestamp-micros':
      return { kind: 'timestampMicros', nullable: false };
    case 'date':
    case 'time-millis':
    case 'time-micros':
    case 'local-timestamp-millis':
    case 'local-timestamp-micros':
      return opaque(`an Avro ${name}, which expressions cannot read`);
    default:
      return undefined;
  }
}

function namedType(name: string, names: Names): VariableType {
  switch (name) {
    case 'null':
      return { kind: 'null', nullable: true };
    case 'boolean':
      return { kind: 'boolean', nullable: false };
    case 'int':
    case 'long':
      return INTEGER;
    case 'string':
      return STRING;
    case 'float':
    case 'double':
      return opaque(`an Avro ${name}, which is not exact: declare it as decimal`);
    case 'bytes':
      return opaque('bytes, which expressions cannot read');
    default: {
      const full = names.named.has(fullName(name, names.namespace))
        ? fullName(name, names.namespace)
        : name;
      return names.named.get(full) ?? opaque('a recursive type, which expressions cannot read');
    }
  }
}

function unionType(branches: readonly Json[], names: Names): VariableType {
  const types = branches.map((branch) => typeOf(branch, names));
  const values = types.filter((type) => type.kind !== 'null');
  const [only] = values;
  if (!only) return { kind: 'null', nullable: true };
  const nullable = values.length < types.length;
  if (values.length > 1)
    return opaque('a union of several types, which expressions cannot read', nullable);
  return { ...only, nullable: only.nullable || nullable } as VariableType;
}

const fullName = (name: string, namespace: string): string =>
  name.includes('.') || namespace === '' ? name : `${namespace}.${name}`;

function define(
  schema: Schema,
  names: Names,
  read: (schema: Schema, names: Names) => VariableType,
): VariableType {
  const given = schema['namespace'];
  const full = fullName(
    String(schema['name']),
    typeof given === 'string' ? given : names.namespace,
  );
  const inner = { ...names, namespace: full.slice(0, Math.max(0, full.lastIndexOf('.'))) };
  names.named.set(full, undefined);
  const type = read(schema, inner);
  names.named.set(full, type);
  return type;
}

function recordType(schema: Schema, names: Names): VariableType {
  const fields = Array.isArray(schema['fields']) ? (schema['fields'] as readonly Schema[]) : [];
  return {
    kind: 'record',
    nullable: false,
    fields: new Map(
      fields.map((field) => [String(field['name']), typeOf(field['type'] ?? null, names)]),
    ),
  };
}
