import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { API } from 'typescript/unstable/sync';
import type { Checker, Project, Symbol as TypeSymbol, Type } from 'typescript/unstable/sync';
import { repositoryDir } from '../../../infra/bootstrap/prepare.mjs';
import { schemaMaker } from './schema.ts';
import type { Schema, SchemaMaker } from './schema.ts';

/** Where each service says what its routes take and answer, and the type that says it. */
const SOURCES = [
  ['services/ingest/api.ts', 'IngestApi'],
  ['services/aggregator/api.ts', 'AggregatorApi'],
  ['services/console/api.ts', 'ConsoleApi'],
  ['services/alerting/api.ts', 'AlertingApi'],
  ['services/cli/process-api.ts', 'ProcessApi'],
] as const;
const PROBLEM = ['services/platform/http.ts', 'Problem'] as const;

type Parameter = {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly required: boolean;
  readonly description?: string;
  readonly schema: Schema;
  readonly explode?: boolean;
};
type Content = Readonly<Record<string, { readonly schema: Schema }>>;
export type Operation = {
  readonly operationId: string;
  readonly tags: readonly string[];
  readonly summary: string;
  readonly description?: string;
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly required: true; readonly content: Content };
  readonly responses: Readonly<
    Record<string, { readonly description: string; readonly content?: Content }>
  >;
  readonly security?: readonly object[];
};
export type OpenApi = {
  readonly openapi: '3.1.0';
  readonly info: object;
  readonly servers: readonly object[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: {
    readonly schemas: Readonly<Record<string, Schema>>;
    readonly securitySchemes: object;
  };
};

/**
 * The OpenAPI document of all services, made from the types of their routes: nothing is written twice, so nothing can
 * differ. The compiler reads the comments as well.
 * @see https://spec.openapis.org/oas/v3.1.0
 */
export function openApiDocument(): OpenApi {
  const api = new API({ cwd: repositoryDir });
  try {
    const config = join(repositoryDir, 'tsconfig.json');
    const [project] = api.updateSnapshot({ openProjects: [config] }).getProjects();
    if (!project) throw new Error('the project was not opened');
    return documentOf(project);
  } finally {
    api.close();
  }
}

function documentOf({ program, checker }: Project): OpenApi {
  const maker = schemaMaker(checker);
  const exported = (path: string, name: string): Type => {
    const file = program.getSourceFile(join(repositoryDir, path));
    const module = file && checker.getSymbolAtLocation(file);
    const symbol = module && checker.getExportsOfModule(module).find((one) => one.name === name);
    if (!symbol) throw new Error(`${path} exports no ${name}`);
    return checker.getDeclaredTypeOfSymbol(symbol);
  };
  const problem = maker.of(exported(...PROBLEM));
  const paths: Record<string, Record<string, Operation>> = {};
  for (const [path, name] of SOURCES)
    for (const route of checker.getPropertiesOfType(exported(path, name))) {
      const [method = '', url = ''] = route.name.split(' ');
      const operation = operationOf({ checker, maker, problem }, route, { method, url });
      (paths[url] ??= {})[method.toLowerCase()] = operation;
    }
  const { version, license } = JSON.parse(
    readFileSync(join(repositoryDir, 'package.json'), 'utf8'),
  ) as { version: string; license: string };
  return {
    openapi: '3.1.0',
    info: {
      title: 'Tidemark',
      version,
      description:
        'Exact business metrics from event streams, and alerts that reach the person who answers for them. Times are RFC 3339 in UTC, values decimal strings at the scale of their unit.',
      license: { name: license, identifier: license },
    },
    servers: [{ url: '/', description: 'this installation' }],
    paths,
    components: {
      schemas: referred(maker.components(), paths),
      securitySchemes: { token: { type: 'http', scheme: 'bearer' } },
    },
  };
}

/** Those that something refers to: parameters are told one by one. */
function referred(
  schemas: Readonly<Record<string, Schema>>,
  paths: object,
): Readonly<Record<string, Schema>> {
  const found = new Set<string>();
  const visit = (part: object): void => {
    for (const [, name = ''] of JSON.stringify(part).matchAll(/"#\/components\/schemas\/(\w+)"/g)) {
      if (found.has(name)) continue;
      found.add(name);
      visit(schemas[name] ?? {});
    }
  };
  visit(paths);
  return Object.fromEntries(Object.entries(schemas).filter(([name]) => found.has(name)));
}

type Making = { readonly checker: Checker; readonly maker: SchemaMaker; readonly problem: Schema };

function operationOf(
  { checker, maker, problem }: Making,
  route: TypeSymbol,
  { method, url }: { readonly method: string; readonly url: string },
): Operation {
  const of = checker.getTypeOfSymbol(route);
  const part = (name: string): Type | undefined => {
    const symbol = of && checker.getPropertyOfType(of, name);
    return symbol && checker.getTypeOfSymbol(symbol);
  };
  const literal = (name: string): string | undefined => {
    const type = part(name);
    return type?.isLiteralType() ? String(type.value) : undefined;
  };
  const [summary = '', ...more] = checker.getDocumentationCommentOfSymbol(route).split('\n');
  const role = literal('role');
  const body = part('body');
  const answer = part('answer');
  const parameters = [
    ...pathParameters(url),
    ...fieldsOf({ checker, maker, problem }, part('query'), 'query'),
    ...fieldsOf({ checker, maker, problem }, part('headers'), 'header'),
  ];
  if (summary === '') throw new Error(`${route.name} has no comment`);
  const status = literal('status') ?? '200';
  const media = literal('media') ?? 'application/json';
  const files = (part('files')?.isUnionType() ? unionTexts(part('files')) : [literal('files')]).filter(
    (one) => one !== undefined,
  );
  const description = [more.join('\n').trim(), role === undefined ? '' : `Role: ${role}.`]
    .filter((text) => text !== '')
    .join('\n\n');
  return {
    operationId: operationId(method, url),
    tags: [url.split('/')[2] ?? url.split('/')[1] ?? ''],
    summary,
    ...(description === '' ? {} : { description }),
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(body
      ? {
          requestBody: {
            required: true,
            content: Object.fromEntries(
              (literal('takes') ?? 'application/json')
                .split(' ')
                .map((type) => [type, { schema: maker.of(body) }]),
            ),
          },
        }
      : {}),
    responses: {
      [status]: {
        description: 'the answer',
        content: Object.fromEntries([
          [media, { schema: answer ? maker.of(answer) : {} }],
          ...files.map((type) => [type, { schema: {} }] as const),
        ]),
      },
      default: {
        description: 'a refusal, or a failure',
        content: { 'application/problem+json': { schema: problem } },
      },
    },
    ...(role === undefined ? {} : { security: [{ token: [] }] }),
  };
}

const unionTexts = (type: Type | undefined): readonly string[] =>
  type?.isUnionType()
    ? type.getTypes().flatMap((one) => (one.isStringLiteralType() ? [one.value] : [])).toSorted()
    : [];

const pathParameters = (url: string): readonly Parameter[] =>
  [...url.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }));

function fieldsOf(
  { checker, maker }: Making,
  type: Type | undefined,
  place: 'query' | 'header',
): readonly Parameter[] {
  if (!type) return [];
  const schema = maker.of(type);
  const flat = schema.$ref ? maker.components()[schema.$ref.split('/').at(-1) ?? ''] : schema;
  return checker.getPropertiesOfType(type).map(({ name }) => {
    const { description, ...own } = flat?.properties?.[name] ?? {};
    return {
      name,
      in: place,
      required: flat?.required?.includes(name) ?? false,
      ...(description === undefined ? {} : { description }),
      schema: own,
    };
  });
}

/** `getMetricsIdValues`: unique, since method and path are; `/metrics` is another than `/v1/metrics`. */
const operationId = (method: string, url: string): string =>
  method.toLowerCase() +
  (url.startsWith('/v1/') ? '' : 'Root') +
  url
    .split(/[/{}._-]+/)
    .filter((part) => part !== '' && part !== 'v1')
    .map((part) => part[0]?.toUpperCase() + part.slice(1))
    .join('');
