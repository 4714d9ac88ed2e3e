import { readFileSync } from 'node:fs';
import type { FastifyInstance } from 'fastify';

/** Made of the types of all routes by `npm run docs` (docs/generator/openapi). */
const DOCUMENT = new URL('../../../schemas/openapi.json', import.meta.url);

/** `GET /openapi.json`: what can be asked here. Open, as tools that read it have no token, and it tells nothing of the data. */
export function openApiRoute(http: FastifyInstance): void {
  const document = readFileSync(DOCUMENT);
  http.get('/openapi.json', (_request, reply) =>
    reply
      .type('application/json; charset=utf-8')
      .header('cache-control', 'no-cache')
      .send(document),
  );
}
