import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { TidemarkError } from '../../kernel/errors.ts';
import type { Refusal } from '../../kernel/errors.ts';
import type { Result } from '../../kernel/result.ts';
import type { Access, Principal } from '../../platform/access.ts';
import { authorize, sendProblem } from '../../platform/http.ts';
import { handshakeHeaders } from '../core/handshake.ts';
import { isJsonType, readBinary, readStructured } from '../core/incoming-event.ts';
import type { IncomingEvent } from '../core/incoming-event.ts';
import { LIMITS } from '../core/limits.ts';
import type { IngestObserver } from '../ports.ts';
import type { Ingest } from '../service.ts';
import { byteBudget, parseBody, readBody } from './request-body.ts';

const STRUCTURED = 'application/cloudevents+json';
const BATCH = 'application/cloudevents-batch+json';

type Door = {
  readonly access: Access;
  readonly ingest: Ingest;
  readonly observer: IngestObserver;
  /** Why no request is taken any more; undefined while the service runs. */
  readonly closed: () => string | undefined;
};

/** Of `POST /v1/events`: `true` or `false`. */
type Flags = { readonly historical?: string; readonly dryRun?: string };

/**
 * `POST /v1/events` in the three modes of CloudEvents, and the handshake of webhook senders. Bodies are read here, within a
 * scope of its own, so that the parsers of other routes stay as they are.
 * @see CloudEvents 1.0.2, HTTP Protocol Binding
 */
export function ingestRoutes(http: FastifyInstance, door: Door): void {
  const budget = byteBudget(LIMITS.requestBytesInFlightMax, door.observer.bytesInFlight);
  void http.register((scope, _options, registered) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', (_request, _payload, done) => done(null));

    scope.options('/v1/events', (request, reply) =>
      reply
        .headers(handshakeHeaders((name) => headerOf(request, name)))
        .status(200)
        .send(),
    );

    scope.post<{ Querystring: Flags }>('/v1/events', async (request, reply) => {
      const { historical = 'false', dryRun = 'false' } = request.query;
      for (const [name, flag] of Object.entries({ historical, dryRun }))
        if (flag !== 'true' && flag !== 'false')
          return sendProblem(reply, {
            code: 'invalid_parameter',
            detail: `${name} must be true or false`,
          });
      const isHistorical = historical === 'true';
      const isRehearsal = dryRun === 'true';
      const role = isHistorical ? 'historical' : 'ingest';
      const principal = authorize(door.access, { request, reply, role });
      if (!principal) return reply;
      const body = readBody(request.raw, budget);
      try {
        const bytes = await body.bytes;
        const closed = door.closed();
        if (closed) throw new TidemarkError('broker_unavailable', closed);
        return await answer(door, { request, reply, bytes, isHistorical, isRehearsal, principal });
      } catch (error) {
        if (!(error instanceof TidemarkError)) throw error;
        door.observer.refused(error.code);
        return sendProblem(reply, { code: error.code, detail: error.message });
      } finally {
        body.done();
      }
    });
    registered();
  });
}

async function answer(
  { ingest, observer }: Door,
  call: {
    readonly request: FastifyRequest;
    readonly reply: FastifyReply;
    readonly bytes: Buffer;
    readonly isHistorical: boolean;
    readonly isRehearsal: boolean;
    readonly principal: Principal;
  },
): Promise<FastifyReply> {
  const { request, reply, isHistorical, isRehearsal, principal } = call;
  const items = itemsOf(request, call.bytes);
  const isStrict = /(?:^|[,;])\s*handling\s*=\s*"?strict"?\s*(?:$|[,;])/i.test(
    headerOf(request, 'prefer') ?? '',
  );
  const outcome = await ingest.accept(items, {
    isHistorical,
    isStrict,
    isRehearsal,
    sources: principal.sources,
  });
  if (!outcome.ok) {
    observer.refused(outcome.error.code);
    return sendProblem(reply, outcome.error);
  }
  if (isStrict) void reply.header('preference-applied', 'handling=strict');
  return reply.status(outcome.value.status).send(outcome.value.body);
}

/** @throws not_parseable, too_large, unsupported_media_type: the body as a whole cannot be read */
function itemsOf(
  request: FastifyRequest,
  bytes: Buffer,
): readonly Result<IncomingEvent, Refusal>[] {
  const contentType = headerOf(request, 'content-type');
  const { mediaType, charset } = mediaTypeOf(contentType);
  if (charset !== 'utf-8')
    throw new TidemarkError(
      'unsupported_media_type',
      `charset ${charset} is not accepted: send UTF-8`,
    );
  if (mediaType === STRUCTURED) return [readStructured(parseBody(bytes))];
  if (mediaType === BATCH) return batchOf(parseBody(bytes));
  const isBinary = ['ce-specversion', 'ce-id', 'ce-type', 'ce-source'].some(
    (name) => headerOf(request, name) !== undefined,
  );
  if (!isBinary || mediaType.startsWith('application/cloudevents') || !isJsonType(contentType))
    throw new TidemarkError(
      'unsupported_media_type',
      `content type ${mediaType || '(none)'} is not accepted: send ${STRUCTURED}, ${BATCH}, or JSON with ce-* headers`,
    );
  const data = bytes.length === 0 ? undefined : parseBody(bytes);
  return [readBinary((name) => headerOf(request, name), data)];
}

function batchOf(parsed: unknown): readonly Result<IncomingEvent, Refusal>[] {
  if (!Array.isArray(parsed))
    throw new TidemarkError('not_parseable', 'a batch is a JSON array of events');
  if (parsed.length > LIMITS.batchEventsMax)
    throw new TidemarkError(
      'too_large',
      `the batch has ${parsed.length} events, the limit is ${LIMITS.batchEventsMax}`,
    );
  return parsed.map(readStructured);
}

/** One value of a header that may come once; repeated ones that Node joins are no value of ours. */
function headerOf(request: FastifyRequest, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value.join(', ') : value;
}

function mediaTypeOf(contentType = ''): { readonly mediaType: string; readonly charset: string } {
  const [mediaType = '', ...parameters] = contentType
    .split(';')
    .map((part) => part.trim().toLowerCase());
  const charset = parameters.find((parameter) => parameter.startsWith('charset='));
  return {
    mediaType,
    charset:
      charset
        ?.slice('charset='.length)
        .replaceAll('"', '')
        .replace(/^utf8$/, 'utf-8') ?? 'utf-8',
  };
}
