import { SymbolFlags, TypeFlags } from 'typescript/unstable/sync';
import type { Checker, Symbol as TypeSymbol, Type } from 'typescript/unstable/sync';

/** A JSON Schema of the dialect of OpenAPI 3.1. */
export type Schema = {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: Schema;
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
};

export type SchemaMaker = {
  readonly of: (type: Type) => Schema;
  /** Those that are referred to by name, as far as types were asked for. */
  readonly components: () => Readonly<Record<string, Schema>>;
};

/** Utility types of the language: they have a name, and are none. */
const LIBRARY = /\/typescript\/|\/lib\.|node_modules/;

/**
 * Schemas of types, as the compiler sees them: what answers are typed by is what they are described by. Named types of our
 * own become components; comments become descriptions.
 * @throws Error for what JSON has no form for, such as a function
 */
export function schemaMaker(checker: Checker): SchemaMaker {
  const components = new Map<string, Schema | undefined>();
  const names = new Map<number, string>();

  const nameOf = (type: Type): string | undefined => {
    const alias = type.getAliasSymbol();
    const isOurs = alias?.declarations.some(({ path }) => !LIBRARY.test(path)) ?? false;
    if (!alias || !isOurs || type.getAliasTypeArguments().length > 0) return undefined;
    const known = names.get(alias.id);
    if (known !== undefined) return known;
    const taken = new Set(names.values());
    let name = alias.name;
    for (let i = 2; taken.has(name); i++) name = `${alias.name}${i}`;
    names.set(alias.id, name);
    return name;
  };

  const of = (type: Type): Schema => {
    const name = isStructured(type) ? nameOf(type) : undefined;
    if (name === undefined) return inline(type);
    if (!components.has(name)) {
      components.set(name, undefined); // It may refer to itself.
      const alias = type.getAliasSymbol();
      const about = alias ? checker.getDocumentationCommentOfSymbol(alias) : '';
      components.set(name, described(inline(type), about));
    }
    return { $ref: `#/components/schemas/${name}` };
  };

  /** Types without a name that stand within themselves end there: whatever they hold is taken. */
  const open = new Set<number>();
  const inline = (type: Type): Schema => {
    if (open.has(type.id)) return {};
    open.add(type.id);
    try {
      return inlineOnce(type);
    } finally {
      open.delete(type.id);
    }
  };

  const inlineOnce = (type: Type): Schema => {
    const plain = plainSchema(type);
    if (plain) return plain;
    if (type.isUnionType()) return unionSchema(type.getTypes(), of);
    if (checker.isArrayType(type) || checker.isTupleType(type)) {
      const items = checker.getTypeArguments(type as Parameters<Checker['getTypeArguments']>[0]);
      return { type: 'array', items: items.length === 1 ? of(items[0] as Type) : unionSchema(items, of) };
    }
    if (type.isObjectType() || type.isIntersectionType()) return objectSchema(type);
    throw new Error(`${checker.typeToString(type)} has no form in JSON`);
  };

  const objectSchema = (type: Type): Schema => {
    const properties: Record<string, Schema> = {};
    const required: string[] = [];
    for (const property of checker.getPropertiesOfType(type)) {
      const { name } = property;
      const held = checker.getTypeOfSymbol(property);
      if (!held) throw new Error(`${name} of ${checker.typeToString(type)} has no type`);
      if (held.flags & TypeFlags.Undefined) continue;
      properties[name] = described(of(held), checker.getDocumentationCommentOfSymbol(property));
      if (!isOptional(property, held)) required.push(name);
    }
    const [index] = checker.getIndexInfosOfType(type);
    return {
      type: 'object',
      ...(Object.keys(properties).length === 0 ? {} : { properties }),
      ...(required.length === 0 ? {} : { required }),
      ...(index ? { additionalProperties: of(index.valueType) } : {}),
    };
  };

  return {
    of,
    components: () =>
      Object.fromEntries(
        [...components].flatMap(([name, schema]) => (schema ? [[name, schema] as const] : [])).sort(([a], [b]) => (a < b ? -1 : 1)),
      ),
  };
}

/** Texts of a known set have a name too, but stand where they are used: a list of names tells more than a reference. */
const isStructured = (type: Type): boolean =>
  type.isObjectType() || type.isIntersectionType() || (type.isUnionType() && !type.getTypes().every((one) => one.isLiteralType() || plainSchema(one)));

const isOptional = (property: TypeSymbol, held: Type): boolean =>
  (property.flags & SymbolFlags.Optional) !== 0 ||
  (held.isUnionType() && held.getTypes().some(({ flags }) => flags & TypeFlags.Undefined));

function plainSchema(type: Type): Schema | undefined {
  const { flags } = type;
  if (type.isStringLiteralType() || type.isNumberLiteralType()) return { const: type.value };
  if (type.isBooleanLiteralType()) return { const: type.value };
  if (flags & TypeFlags.Null) return { type: 'null' };
  if (flags & TypeFlags.String || type.isTemplateLiteralType()) return { type: 'string' };
  if (flags & TypeFlags.Number) return { type: 'number' };
  if (flags & TypeFlags.BooleanLike && !type.isUnionType()) return { type: 'boolean' };
  return flags & (TypeFlags.Any | TypeFlags.Unknown | TypeFlags.NonPrimitive) ? {} : undefined;
}

function unionSchema(types: readonly Type[], of: (type: Type) => Schema): Schema {
  const parts = types.filter(({ flags }) => !(flags & TypeFlags.Undefined)).map(of);
  const constants = parts.flatMap((part) => ('const' in part ? [part.const] : []));
  const isBoolean = constants.includes(true) && constants.includes(false);
  const texts = constants.filter((value) => typeof value !== 'boolean');
  const others = parts.filter((part) => !('const' in part));
  const all: Schema[] = [
    ...(texts.length > 0 ? [constantsSchema(texts)] : []),
    ...(isBoolean ? [{ type: 'boolean' }] : constants.filter((value) => typeof value === 'boolean').map((value) => ({ const: value }))),
    ...others,
  ];
  if (all.length === 1) return all[0] as Schema;
  // The compiler has them in no order of ours.
  all.sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
  const simple = all.map((part) => (Object.keys(part).join() === 'type' ? part.type : undefined));
  if (!simple.every((type) => typeof type === 'string')) return { anyOf: all };
  // `person:ID` and `team:ID` are texts both.
  const kinds = [...new Set(simple)];
  return { type: kinds.length === 1 ? (kinds[0] as string) : kinds };
}

const constantsSchema = (values: readonly unknown[]): Schema =>
  values.length === 1 ? { const: values[0] } : { enum: values.toSorted((a, b) => (String(a) < String(b) ? -1 : 1)) };

const described = (schema: Schema, text: string): Schema =>
  text === '' ? schema : { ...schema, description: text };
