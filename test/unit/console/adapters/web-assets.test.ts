import { createHash } from 'node:crypto';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import Fastify from 'fastify';
import type { FastifyInstance } from 'fastify';
import { describe, expect, it } from 'vitest';
import { openWebAssets, webRoutes } from '../../../../services/console/adapters/web-assets.ts';
import type { WebAsset } from '../../../../services/console/adapters/web-assets.ts';
import { TEXTS } from '../../../../services/console/web/i18n/texts.ts';

const GZIP_BYTES_MAX = 120_000;

const assets = await openWebAssets();
const pageText = assets.page.body.toString();
const scripts = [...assets.files.values()].filter(({ path }) => path.endsWith('.js'));
const languageOf = ({ path }: WebAsset): string | undefined =>
  /\/(en|zh)\.[\w-]+\.js$/.exec(path)?.[1];

/** Of one file by another, at once or later. */
const IMPORT = /\b(?:from|import\() ?["'`]\.\/([^"'`]+)["'`]/g;

function serve(): FastifyInstance {
  const http = Fastify();
  webRoutes(http, assets);
  return http;
}

describe('what the browser loads', () => {
  it.each(['en', 'zh'])(
    'is at most 120 kB gzipped in all, every page and all that it needs, for a reader of %s',
    (language) => {
      const files = [...assets.files.values()].filter((file) =>
        [undefined, language].includes(languageOf(file)),
      );
      expect(files.map(languageOf)).toContain(language);
      const bytes = [assets.page, ...files].reduce((sum, { gzip }) => sum + gzip.length, 0);
      expect(bytes).toBeLessThanOrEqual(GZIP_BYTES_MAX);
    },
  );

  it('holds each text once, in the file of its language', () => {
    const textOf = (language: string): string =>
      scripts.find((file) => languageOf(file) === language)?.body.toString() ?? '';
    const { en, zh } = TEXTS['tree.lead'];
    expect(textOf('en')).toContain(en);
    expect(textOf('zh')).toContain(zh);
    const all = scripts.map(({ body }) => body.toString()).join('');
    expect([all.split(en).length, all.split(zh).length]).toEqual([2, 2]);
  });

  it('is the same compressed and plain', () => {
    for (const file of [assets.page, ...assets.files.values()]) {
      expect(gunzipSync(file.gzip).equals(file.body)).toBe(true);
      expect(brotliDecompressSync(file.brotli).equals(file.body)).toBe(true);
    }
  });

  it('is named by its content', () => {
    for (const path of assets.files.keys())
      expect(path).toMatch(/^\/assets\/\w+\.[\w-]{12}\.(?:js|css)$/);
  });

  it('asks for nothing but these files', () => {
    const asked = [
      ...[...pageText.matchAll(/(?:src|href)="(\/[^"]+)"/g)].map(([, path = '']) => path),
      ...scripts.flatMap(({ body }) =>
        [...body.toString().matchAll(IMPORT)].map(([, name = '']) => `/assets/${name}`),
      ),
    ];
    expect(new Set(asked)).toEqual(new Set(assets.files.keys()));
  });

  it('holds no types and none of node’s modules', () => {
    for (const [path, { body }] of assets.files)
      if (path.endsWith('.js'))
        expect(body.toString()).not.toMatch(/^import type|from ?["']node:/m);
  });

  it('comes from our own origin alone', () => {
    expect(
      [...pageText.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, address]) => address),
    ).toSatisfy((addresses: string[]) =>
      addresses.every((address) => /^(\/assets\/|data:)/.test(address)),
    );
    expect(assets.contentSecurityPolicy).toContain("default-src 'none'");
    expect(assets.contentSecurityPolicy).not.toContain('unsafe');
  });
});

describe('the routes', () => {
  it('serve the page, always asked for anew, under a policy that allows its own scripts alone', async () => {
    const answer = await serve().inject({ url: '/', headers: { 'accept-encoding': 'br, gzip' } });
    expect(answer.statusCode).toBe(200);
    expect(answer.headers['content-encoding']).toBe('br');
    expect(answer.headers['cache-control']).toBe('no-cache');
    const inline = [...pageText.matchAll(/<script>([\s\S]*?)<\/script>/g)];
    expect(inline).toHaveLength(1);
    for (const [, text = ''] of inline)
      expect(answer.headers['content-security-policy']).toContain(
        createHash('sha256').update(text).digest('base64'),
      );
  });

  it('serve files that may be kept for ever, as the client can read them', async () => {
    const [path = ''] = assets.files.keys();
    const http = serve();
    const plain = await http.inject({ url: path });
    expect(plain.headers['content-encoding']).toBeUndefined();
    expect(plain.headers['cache-control']).toContain('immutable');
    const zipped = await http.inject({ url: path, headers: { 'accept-encoding': 'gzip' } });
    expect(zipped.headers['content-encoding']).toBe('gzip');
    expect(gunzipSync(zipped.rawPayload).toString()).toBe(plain.body);
  });

  it('answer 304 to who has it already, and an error to what there is not', async () => {
    const http = serve();
    const headers = { 'if-none-match': assets.page.etag };
    expect((await http.inject({ url: '/', headers })).statusCode).toBe(304);
    expect((await http.inject({ url: '/assets/../main.ts' })).statusCode).toBe(404);
    expect((await http.inject({ url: '/assets/%E0%A4%A' })).statusCode).toBe(400);
  });

  it('lead an alert’s plain address into the page', async () => {
    const answer = await serve().inject({ url: '/alerts/abc' });
    expect(answer.statusCode).toBe(302);
    expect(answer.headers.location).toBe('/#/alerts/abc');
  });
});
