import { join } from 'node:path';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { ASSETS_PATH, PACKAGES_DIR, WEB_DIR } from './web-paths.ts';
import { madeOnce } from './web-store.ts';

/** A file as it is sent: named by its content, compressed once. */
export type WebAsset = {
  readonly path: string;
  readonly type: string;
  readonly body: Buffer;
  readonly gzip: Buffer;
  readonly brotli: Buffer;
  readonly etag: string;
};

export type WebAssets = {
  /** By path, e.g. `/assets/main.0123456789ab.js`. */
  readonly files: ReadonlyMap<string, WebAsset>;
  readonly page: WebAsset;
  readonly contentSecurityPolicy: string;
};

/** Kept beside the packages: other packages may make it otherwise, and installing them empties this folder. */
const KEPT_FILE = join(PACKAGES_DIR, '.cache', 'tidemark-console');

/** Everything the browser loads, made of its sources in seconds, or as it was made of them before. */
export const openWebAssets = (): Promise<WebAssets> =>
  madeOnce({ file: KEPT_FILE, folder: WEB_DIR }, async () => {
    // What makes it need not be loaded where it is made already.
    const { makeWebAssets } = await import('./web-make.ts');
    return makeWebAssets();
  });

const IMMUTABLE = 'public, max-age=31536000, immutable';
const REVALIDATE = 'no-cache';

/**
 * `GET /` and the files it loads. They hold no data, so they need no token: the page asks for one when the API does.
 * `/alerts/{id}` and the like, as links in messages may name them, lead into the page.
 */
export function webRoutes(http: FastifyInstance, assets: WebAssets): void {
  const page = (request: FastifyRequest, reply: FastifyReply): FastifyReply => {
    void reply
      .header('content-security-policy', assets.contentSecurityPolicy)
      .header('referrer-policy', 'no-referrer')
      .header('x-frame-options', 'DENY');
    return send(assets.page, { request, reply, cacheControl: REVALIDATE });
  };
  http.get('/', page);
  http.get('/favicon.ico', (_request, reply) => reply.status(204).send());
  http.get<{ Params: { id: string } }>('/alerts/:id', (request, reply) =>
    reply.redirect(`/#/alerts/${encodeURIComponent(request.params.id)}`, 302),
  );
  http.get(`${ASSETS_PATH}*`, (request, reply) => {
    const file = assets.files.get(decodeURI(request.url.split('?')[0] ?? ''));
    if (!file) return reply.callNotFound();
    return send(file, { request, reply, cacheControl: IMMUTABLE });
  });
}

function send(
  file: WebAsset,
  call: { request: FastifyRequest; reply: FastifyReply; cacheControl: string },
): FastifyReply {
  const { request, reply } = call;
  void reply
    .header('etag', file.etag)
    .header('cache-control', call.cacheControl)
    .header('vary', 'accept-encoding')
    .header('x-content-type-options', 'nosniff')
    .type(file.type);
  if (request.headers['if-none-match'] === file.etag) return reply.status(304).send();
  const accepted = request.headers['accept-encoding'] ?? '';
  if (/\bbr\b/.test(accepted)) return reply.header('content-encoding', 'br').send(file.brotli);
  if (/\bgzip\b/.test(accepted)) return reply.header('content-encoding', 'gzip').send(file.gzip);
  return reply.send(file.body);
}
