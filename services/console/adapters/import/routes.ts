import type { FastifyInstance } from 'fastify';
import type { Catalog } from '../../../kernel/definitions.ts';
import type { Access } from '../../../platform/access.ts';
import { authorize, sendProblem } from '../../../platform/http.ts';
import { parseLedgerEntry } from '../../../platform/import/ledger.ts';
import type { Ledger } from '../../../platform/import/ledger.ts';
import { eventTypesAnswer, importsAnswer } from '../../core/imports.ts';

/** A SHA-256 in hexadecimal is one. It becomes the name of a file. */
const HASH = /^[0-9a-z]{1,64}$/;

/**
 * What the page that imports files needs beside `POST /v1/events`: the event types, role reader; and the ledger that it
 * shares with `events import`, role historical.
 */
export function importRoutes(
  http: FastifyInstance,
  access: Access,
  { catalog, ledger }: { readonly catalog: () => Catalog; readonly ledger: Ledger },
): void {
  http.get('/v1/event-types', async (request, reply) => {
    if (!authorize(access, { request, reply, role: 'reader' })) return reply;
    return reply.header('cache-control', 'no-store').send(eventTypesAnswer(catalog().eventTypes));
  });
  http.get('/v1/imports', async (request, reply) => {
    if (!authorize(access, { request, reply, role: 'historical' })) return reply;
    const imports = ledger.hashes().flatMap((hash) => {
      const entry = ledger.read(hash);
      return entry ? [{ hash, ...entry }] : [];
    });
    return reply.header('cache-control', 'no-store').send(importsAnswer(imports));
  });
  http.get<{ Params: { id: string } }>('/v1/imports/:id', async (request, reply) => {
    if (!authorize(access, { request, reply, role: 'historical' })) return reply;
    const hash = request.params.id;
    const entry = HASH.test(hash) ? ledger.read(hash) : undefined;
    if (!entry)
      return sendProblem(reply, { code: 'not_found', detail: 'this content was never imported' });
    return reply.header('cache-control', 'no-store').send({ hash, ...entry });
  });
  http.put<{ Params: { id: string } }>('/v1/imports/:id', async (request, reply) => {
    if (!authorize(access, { request, reply, role: 'historical' })) return reply;
    const hash = request.params.id;
    const entry = parseLedgerEntry(request.body);
    if (!HASH.test(hash) || !entry)
      return sendProblem(reply, {
        code: 'invalid_parameter',
        detail:
          'wanted: a SHA-256 in hexadecimal, and an entry { file, sheet?, plan, startedAt, finishedAt?, rows, accepted, rejected }',
      });
    ledger.write(hash, entry);
    return reply.send({ hash, ...entry });
  });
}
