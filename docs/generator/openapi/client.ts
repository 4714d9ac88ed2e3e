import type { OpenApi, Operation } from './document.ts';
import type { Schema } from './schema.ts';

/** Types of the document's schemas and routes, for clients/typescript/client.ts, which calls them. */
export function clientTypes(document: OpenApi): string {
  const schemas = Object.entries(document.components.schemas).map(
    ([name, schema]) => `${comment(schema.description, '')}export type ${name} = ${typeOf(schema, '')};\n`,
  );
  const routes = Object.entries(document.paths).flatMap(([url, operations]) =>
    Object.entries(operations).map(
      ([method, operation]) =>
        `${comment(operation.summary, '  ')}  '${method.toUpperCase()} ${url}': ${routeType(operation)};\n`,
    ),
  );
  return [
    '// Made from schemas/openapi.json by `npm run docs`; do not edit.\n',
    ...schemas,
    `export type Routes = {\n${routes.join('')}};\n`,
  ].join('\n');
}

function routeType({ parameters = [], requestBody, responses }: Operation): string {
  const group = (place: 'path' | 'query' | 'header'): string => {
    const own = parameters.filter((one) => one.in === place);
    const isNeeded = own.some(({ required }) => required);
    const fields = own.map(
      ({ name, required, schema, description }) =>
        `${comment(description, '      ')}      ${keyOf(name)}${required ? '' : '?'}: ${typeOf(schema, '      ')};\n`,
    );
    const key = place === 'header' ? 'headers' : place;
    return own.length === 0 ? '' : `    ${key}${isNeeded ? '' : '?'}: {\n${fields.join('')}    };\n`;
  };
  const [body] = Object.values(requestBody?.content ?? {});
  const status = Object.keys(responses).find((code) => code !== 'default') ?? '';
  const [media = '', answer] = Object.entries(responses[status]?.content ?? {})[0] ?? [];
  const answered = media.endsWith('json') ? typeOf(answer?.schema ?? {}, '    ') : 'string';
  return `{\n${group('path')}${group('query')}${group('header')}${
    body ? `    body: ${typeOf(body.schema, '    ')};\n` : ''
  }    answer: ${answered};\n  }`;
}

/** A schema as a type of TypeScript. */
function typeOf(schema: Schema, indent: string): string {
  if (schema.$ref) return schema.$ref.split('/').at(-1) ?? 'unknown';
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(' | ');
  if (schema.anyOf) return alternatives(schema.anyOf.map((one) => typeOf(one, indent)));
  if (Array.isArray(schema.type)) return schema.type.join(' | ');
  if (schema.type === 'array') {
    const items = typeOf(schema.items ?? {}, indent);
    return `readonly ${/[ |]/.test(items) ? `(${items})` : items}[]`;
  }
  return schema.type === 'object' ? objectType(schema, indent) : String(schema.type ?? 'unknown');
}

/** What takes anything takes the others too. */
const alternatives = (types: readonly string[]): string =>
  types.includes('unknown') ? 'unknown' : [...new Set(types)].join(' | ');

function objectType(schema: Schema, indent: string): string {
  const { properties = {}, required = [], additionalProperties } = schema;
  const inner = `${indent}  `;
  const fields = Object.entries(properties).map(
    ([name, field]) =>
      `${comment(field.description, inner)}${inner}readonly ${keyOf(name)}${required.includes(name) ? '' : '?'}: ${typeOf(field, inner)};\n`,
  );
  if (additionalProperties)
    fields.push(`${inner}readonly [name: string]: ${fields.length > 0 ? 'unknown' : typeOf(additionalProperties, inner)};\n`);
  return fields.length === 0 ? 'Readonly<Record<string, unknown>>' : `{\n${fields.join('')}${indent}}`;
}

const keyOf = (name: string): string => (/^[A-Za-z_$][\w$]*$/.test(name) ? name : `'${name}'`);

const comment = (text: string | undefined, indent: string): string =>
  text === undefined || text === ''
    ? ''
    : `${indent}/** ${text.replaceAll('*/', '* /').replaceAll('\n', ' ')} */\n`;
