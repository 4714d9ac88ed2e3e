import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { beforeAll, describe, expect, test } from 'vitest';
import { clientTypes } from '../../docs/generator/openapi/client.ts';
import { openApiDocument } from '../../docs/generator/openapi/document.ts';
import type { OpenApi, Operation } from '../../docs/generator/openapi/document.ts';
import { roleOf } from '../../docs/generator/roles.ts';
import { repositoryDir } from '../../infra/bootstrap/prepare.mjs';
import { POLICY, READS } from '../property/platform/access/policy.ts';

const read = (...path: readonly string[]): string =>
  readFileSync(join(repositoryDir, ...path), 'utf8');

describe('the OpenAPI document', () => {
  let made: OpenApi;
  beforeAll(() => {
    made = openApiDocument();
  }, 60_000);

  test('is the one that the types of the routes give (npm run docs)', () => {
    expect(read('schemas', 'openapi.json')).toBe(`${JSON.stringify(made, null, 2)}\n`);
  });

  test('has the client that it gives (npm run docs)', () => {
    expect(read('clients', 'typescript', 'routes.ts')).toBe(clientTypes(made));
  });

  test('is valid by the schema of OpenAPI 3.1', () => {
    const ajv = new Ajv2020({ strict: false, validateFormats: false });
    // Nothing here extends the dialect, so what is dynamic in it is the plain reference; ajv has its own idea of the other.
    const schema = read('test/data/openapi-3.1/schema.json').replaceAll(
      '"$dynamicRef": "#meta"',
      '"$ref": "#/$defs/schema"',
    );
    const validate = ajv.compile(JSON.parse(schema) as object);
    expect(validate(made) ? [] : validate.errors).toEqual([]);
    expect(validate({ ...made, openapi: '3.0.0' })).toBe(false);
    expect(validate({ ...made, info: { title: 'no version' } })).toBe(false);
  });

  test('has schemas of the dialect that compile, and refers to none that is not there', () => {
    const ajv = new Ajv2020({ strict: false });
    ajv.addSchema({ $id: 'api', components: made.components });
    for (const [name, schema] of Object.entries(made.components.schemas)) {
      expect([name, ajv.validateSchema(schema), ajv.errors]).toEqual([name, true, null]);
      expect(() => ajv.compile({ $ref: `api#/components/schemas/${name}` })).not.toThrow();
    }
  });

  test('calls each operation by a name of its own, and says what it does', () => {
    const operations = Object.values(made.paths).flatMap((path): Operation[] =>
      Object.values(path),
    );
    expect(new Set(operations.map(({ operationId }) => operationId)).size).toBe(operations.length);
    expect(operations.length).toBeGreaterThan(60);
    for (const { summary } of operations) expect(summary).toMatch(/^.{8,}[.:]$/s);
  });

  test('names the role of each request as the policy of access does', () => {
    const inOrder = (roles: readonly string[]): string => roles.toSorted().join(' or ');
    const said = Object.entries(made.paths).flatMap(([url, path]) =>
      Object.entries(path).map(([method, operation]): [string, string] => [
        `${method.toUpperCase()} ${url.replaceAll(/\{(\w+)\}/g, ':$1')}`,
        inOrder((roleOf(operation) ?? 'none').split(' or ')),
      ]),
    );
    const meant = (request: string): string | undefined => {
      const roles = POLICY[request];
      if (roles === READS) return 'reader';
      return roles === 'anyone' ? 'any' : roles && inOrder([roles].flat());
    };
    const known = said.filter(([request]) => POLICY[request] !== undefined);
    expect(known.length).toBeGreaterThan(60);
    expect(known).toEqual(known.map(([request]) => [request, meant(request)]));
  });

  test('names the parameters of each path', () => {
    for (const [url, path] of Object.entries(made.paths))
      for (const { parameters = [] } of Object.values(path))
        expect(
          parameters.flatMap(({ in: place, name }) => (place === 'path' ? [name] : [])),
        ).toEqual([...url.matchAll(/\{(\w+)\}/g)].map(([, name]) => name));
  });
});
