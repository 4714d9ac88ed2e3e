import { createHash } from 'node:crypto';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import Fastify from 'fastify';
import type { FastifyInstance } from 'fastify';
import { describe, expect, it } from 'vitest';
import { buildWebAssets, webRoutes } from '../../../../services/console/adapters/web-assets.ts';
import type { WebAsset } from '../../../../services/console/adapters/web-assets.ts';

const GZIP_BYTES_MAX = 120 * 1024;

const assets = buildWebAssets();
const pageText = assets.page.body.toString();
const importMap = JSON.parse(
  /<script type="importmap">(.*?)<\/script>/s.exec(pageText)?.[1] ?? '{}',
) as { imports: Record<string, string> };

/** What is loaded for these names, with all that they import at once. */
function filesOf(...names: readonly string[]): readonly WebAsset[] {
  const found = new Set(names);
  // A set gives out also what is added while it is walked.
  for (const name of found)
    for (const [, from = ''] of textOf(name).matchAll(STATIC_IMPORT)) found.add(from);
  return [...found].flatMap((name) => assets.files.get(importMap.imports[name] ?? '') ?? []);
}
const textOf = (name: string): string =>
  assets.files.get(importMap.imports[name] ?? '')?.body.toString() ?? '';
const STATIC_IMPORT = /(?:^|[;}\n])\s*(?:import|export)\b[^'"`;]*?\bfrom\s*["']([^"']+)["']/g;

function serve(): FastifyInstance {
  const http = Fastify();
  webRoutes(http, assets);
  return http;
}

describe('what the browser loads', () => {
  it('is at most 120 kB gzipped for any one page, whichever it is', () => {
    const style = [...assets.files.values()].filter(({ path }) => path.endsWith('.css'));
    const entries = Object.keys(importMap.imports).filter((name) => name.startsWith('pages'));
    expect(entries.length).toBeGreaterThan(3);
    for (const entry of entries) {
      const loaded = [assets.page, ...style, ...filesOf('main', entry)];
      const bytes = loaded.reduce((sum, { gzip }) => sum + gzip.length, 0);
      expect(bytes, entry).toBeLessThanOrEqual(GZIP_BYTES_MAX);
    }
  });

  it('is the same compressed and plain', () => {
    for (const file of [assets.page, ...assets.files.values()]) {
      expect(gunzipSync(file.gzip).equals(file.body)).toBe(true);
      expect(brotliDecompressSync(file.brotli).equals(file.body)).toBe(true);
    }
  });

  it('is named by its content', () => {
    for (const [path, { body }] of assets.files)
      expect(path).toContain(`.${createHash('sha256').update(body).digest('hex').slice(0, 12)}.`);
  });

  it('imports nothing that the import map does not lead to a file', () => {
    const originals = new Map(
      Object.entries(importMap.imports).map(([name, path]) => [path, name]),
    );
    for (const [path, { body }] of assets.files) {
      if (!path.endsWith('.js')) continue;
      const base = new URL(originals.get(path) ?? '', 'http://console/');
      for (const [, name = ''] of body.toString().matchAll(STATIC_IMPORT)) {
        const specifier = name.startsWith('.') ? new URL(name, base).pathname : name;
        expect(
          assets.files.has(importMap.imports[specifier] ?? ''),
          `${path} imports ${name}`,
        ).toBe(true);
      }
    }
  });

  it('holds no types and none of node’s modules', () => {
    for (const [path, { body }] of assets.files)
      if (path.endsWith('.js')) expect(body.toString()).not.toMatch(/^import type|from ["']node:/m);
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
    const inline = [...pageText.matchAll(/<script(?: type="importmap")?>([\s\S]*?)<\/script>/g)];
    expect(inline).toHaveLength(2);
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
