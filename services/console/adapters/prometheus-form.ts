import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Form } from '../core/prometheus/parameters.ts';

const FORM_TYPE = 'application/x-www-form-urlencoded';
/** Grafana sends long queries by POST; the queries themselves are bounded by the parser. */
const FORM_BYTES_MAX = 512 * 1024;

/** Teaches a scope to read forms. */
export function acceptForms(scope: FastifyInstance): void {
  scope.addContentTypeParser(
    FORM_TYPE,
    { parseAs: 'string', bodyLimit: FORM_BYTES_MAX },
    (_request, body, done) => done(null, new URLSearchParams(body as string)),
  );
}

/** The parameters of a request: those of the body before those of the URL, as Go's FormValue has them. */
export function formOf(request: FastifyRequest): Form {
  const url = new URLSearchParams(request.url.split('?').slice(1).join('?'));
  const body = request.body instanceof URLSearchParams ? request.body : new URLSearchParams();
  return {
    get: (name) => body.get(name) ?? url.get(name),
    getAll: (name) => [...body.getAll(name), ...url.getAll(name)],
  };
}
