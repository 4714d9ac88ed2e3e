import { readFileSync } from 'node:fs';
import type { FastifyRequest } from 'fastify';
import type { Json } from '../../kernel/json.ts';
import type { Platform } from '../../platform/platform.ts';
import { asyncApiDocument } from '../core/asyncapi.ts';
import { topicFacts } from './topic-facts.ts';

/** Made of the types of all routes by `npm run docs` (docs/generator/openapi). */
const OPENAPI = new URL('../../../schemas/openapi.json', import.meta.url);

/**
 * `GET /openapi.json`: what can be asked here; `GET /asyncapi.json`: what lies on which topic. Open, as tools that read
 * them have no token, and they tell nothing of the data: event types are named to those who may read.
 */
export function apiDocumentRoutes({
  access,
  catalog,
  config,
  http,
}: Pick<Platform, 'access' | 'catalog' | 'config' | 'http'>): void {
  const openApi = readFileSync(OPENAPI);
  const { info } = JSON.parse(openApi.toString()) as {
    readonly info: { readonly version: string; readonly license: Json };
  };
  const factsOf = topicFacts(config);
  const mayRead = ({ headers }: FastifyRequest): boolean => {
    const principal = access.authenticate(headers);
    return principal.ok && principal.value.roles.has('reader');
  };
  http.get('/openapi.json', (_request, reply) =>
    reply.type('application/json; charset=utf-8').header('cache-control', 'no-cache').send(openApi),
  );
  http.get('/asyncapi.json', (request, reply) => {
    const eventTypes = mayRead(request) ? [...catalog.current().eventTypes.values()] : [];
    return reply
      .header('cache-control', 'no-store')
      .header('vary', 'authorization')
      .send(asyncApiDocument(info, factsOf(eventTypes)));
  });
}
