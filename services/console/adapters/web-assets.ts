import { createHash } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { createRequire, stripTypeScriptTypes } from 'node:module';
import { dirname, join } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { MAIN, SHARED, bundle } from './web-bundle.ts';
import { minifyScript, minifyStyle } from './web-minify.ts';

const WEB_DIR = join(import.meta.dirname, '..', 'web');
const ASSETS_PATH = '/assets/';
const HASH_DIGITS = 12;

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
  /** By path, e.g. `/assets/pages/metric.0123456789ab.js`. */
  readonly files: ReadonlyMap<string, WebAsset>;
  readonly page: WebAsset;
  readonly contentSecurityPolicy: string;
};

const digest = (body: string | Buffer): string =>
  createHash('sha256').update(body).digest('hex').slice(0, HASH_DIGITS);

function asset(path: string, type: string, text: string): WebAsset {
  const body = Buffer.from(text);
  return {
    path,
    type,
    body,
    gzip: gzipSync(body, { level: 9 }),
    brotli: brotliCompressSync(body, {
      params: {
        [constants.BROTLI_PARAM_QUALITY]: BROTLI_QUALITY,
        [constants.BROTLI_PARAM_MODE]: 1,
      },
    }),
    etag: `"${digest(body)}"`,
  };
}
/** Within 2 % of the best quality at a twentieth of its time: it runs at every start. */
const BROTLI_QUALITY = 9;

/** Packages that the browser loads under their own names; each is one ES module in its package. */
const PACKAGES: Readonly<Record<string, string>> = {
  preact: 'preact/dist/preact.mjs',
  'preact/hooks': 'preact/hooks/dist/hooks.mjs',
  '@preact/signals': '@preact/signals/dist/signals.mjs',
  '@preact/signals-core': '@preact/signals-core/dist/signals-core.mjs',
  uplot: 'uplot/dist/uPlot.iife.min.js',
};

/**
 * Everything the browser loads: the web folder's TypeScript with its types stripped and bundled, the packages and the
 * style, each under a name that holds its content's hash, so that it may be cached for ever. The page maps plain names
 * to these by its import map, hence one changed file changes one name.
 * @see https://html.spec.whatwg.org/multipage/webappapis.html#import-maps
 */
export function buildWebAssets(): WebAssets {
  const imports: Record<string, string> = {};
  const files = new Map<string, WebAsset>();
  const add = (name: string, type: string, text: string): string => {
    const path = `${ASSETS_PATH}${name.replace(/\.(\w+)$/, `.${digest(text)}.$1`)}`;
    files.set(path, asset(path, type, text));
    return path;
  };
  for (const [name, file] of Object.entries(PACKAGES))
    imports[name] = add(`${name.replaceAll('/', '-').replace('@', '')}.js`, JS, packageText(file));
  for (const { name, text } of bundle('main.ts', moduleText))
    imports[name] = add(`${name}.js`, JS, minifyScript(text));
  const style = minifyStyle(
    [packageText('uplot/dist/uPlot.min.css'), ...styles().map(readWeb)].join('\n'),
  );
  const page = readWeb('index.html')
    .replace('{{style}}', add('style.css', 'text/css; charset=utf-8', style))
    .replace('{{imports}}', JSON.stringify({ imports }))
    .replace('{{main}}', imports[MAIN] ?? '')
    .replace('{{preload}}', PRELOADED.map((name) => preload(imports[name] ?? '')).join('\n    '));
  return {
    files,
    page: asset('/', 'text/html; charset=utf-8', page),
    contentSecurityPolicy: policyFor(page),
  };
}
const JS = 'text/javascript; charset=utf-8';
/** What every page needs, asked for before the main file has said so. */
const PRELOADED = [
  'preact',
  'preact/hooks',
  '@preact/signals',
  '@preact/signals-core',
  MAIN,
  SHARED,
];
const preload = (path: string): string => `<link rel="modulepreload" href="${path}" />`;
const moduleText = (name: string): string =>
  stripTypeScriptTypes(readWeb(name), { mode: 'strip' }).replace(BLANK_LINES, '');
const readWeb = (name: string): string => readFileSync(join(WEB_DIR, name), 'utf8');
const styles = (): string[] =>
  readdirSync(join(WEB_DIR, 'style'))
    .filter((name) => name.endsWith('.css'))
    .sort()
    .map((name) => `style/${name}`);

/** What stripping leaves where a type stood. */
const BLANK_LINES = /^[ \t]*\n/gm;

/** A package's file; uPlot's minified form is a script, half its module's size: one line makes it a module. */
function packageText(file: string): string {
  const require = createRequire(import.meta.url);
  const name = file.startsWith('@') ? file.split('/', 2).join('/') : (file.split('/')[0] ?? '');
  const root = packageRoot(require.resolve(name), name);
  const text = readFileSync(join(root, file.slice(name.length + 1)), 'utf8').replace(
    /^\/\/# sourceMappingURL=.*$/gm,
    '',
  );
  return file.endsWith('.iife.min.js') ? `${text}\nexport default uPlot;\n` : text;
}
function packageRoot(entry: string, name: string): string {
  const end = entry.replaceAll('\\', '/').lastIndexOf(`/node_modules/${name}/`);
  return end < 0 ? dirname(entry) : entry.slice(0, end + `/node_modules/${name}`.length);
}

/** Only our own origin; the two inline scripts (import map, first theme) by the hash of their text. */
function policyFor(page: string): string {
  const inline = [...page.matchAll(/<script(?![^>]*\bsrc=)[^>]*>([\s\S]*?)<\/script>/g)].map(
    ([, text]) =>
      `'sha256-${createHash('sha256')
        .update(text ?? '')
        .digest('base64')}'`,
  );
  return [
    "default-src 'none'",
    `script-src 'self' ${inline.join(' ')}`,
    "style-src 'self'",
    "img-src 'self' data:",
    "connect-src 'self'",
    "manifest-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}

const IMMUTABLE = 'public, max-age=31536000, immutable';
const REVALIDATE = 'no-cache';

/**
 * `GET /` and the files it loads. They hold no data, so they need no token: the page asks for one when the API does.
 * `/alerts/{id}` and the like, as links in messages may name them, lead into the page.
 */
export function webRoutes(http: FastifyInstance, assets: WebAssets = buildWebAssets()): void {
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
