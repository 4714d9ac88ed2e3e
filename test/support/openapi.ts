import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import type { OpenApi } from '../../docs/generator/openapi/document.ts';
import { repositoryDir } from '../../infra/bootstrap/prepare.mjs';

export const openApi = JSON.parse(
  readFileSync(join(repositoryDir, 'schemas', 'openapi.json'), 'utf8'),
) as OpenApi;

/** Fastify's names of path parameters are those of the document, in braces. */
export const documented = (url: string): string => url.replaceAll(/:(\w+)/g, '{$1}');

/**
 * Holds answers against the document, strictly: a field that it does not name is a fault too.
 * @returns what is wrong with an answer of a route
 */
export function answerChecker(): (
  method: string,
  url: string,
  answer: unknown,
) => readonly string[] {
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  ajv.addSchema({ $id: 'api', components: closed(openApi.components) });
  return (method, url, answer) => {
    const operation = openApi.paths[url]?.[method.toLowerCase()];
    const status = Object.keys(operation?.responses ?? {}).find((code) => code !== 'default');
    const schema = operation?.responses[status ?? '']?.content?.['application/json']?.schema;
    if (!schema) return [`${method} ${url} has no answer in the document`];
    const text = JSON.stringify(closed(schema)).replaceAll('"#/components', '"api#/components');
    const validate = ajv.compile(JSON.parse(text) as object);
    if (validate(answer)) return [];
    return (validate.errors ?? []).map(
      ({ instancePath, message, params }) =>
        `${method} ${url} ${instancePath} ${message} ${JSON.stringify(params)}`,
    );
  };
}

/** Objects whose fields are named have no others. */
function closed(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(closed);
  if (typeof schema !== 'object' || schema === null) return schema;
  const own = Object.fromEntries(Object.entries(schema).map(([key, part]) => [key, closed(part)]));
  const isNamed = own['type'] === 'object' && own['properties'] !== undefined;
  return isNamed && own['additionalProperties'] === undefined
    ? { ...own, additionalProperties: false }
    : own;
}
