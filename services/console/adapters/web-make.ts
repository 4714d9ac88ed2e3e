import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, constants } from 'node:zlib';
import { gzipAsync } from '@gfx/zopfli';
import type { WebAsset, WebAssets } from './web-assets.ts';
import { buildWeb } from './web-build.ts';
import { PACKAGES_DIR } from './web-paths.ts';

/** Makes what the browser loads ready to be sent, and tells of what outside the web folder. */
export async function makeWebAssets(): Promise<{
  readonly made: WebAssets;
  readonly sources: readonly string[];
}> {
  const { sources, page, files } = await buildWeb();
  const assets = await Promise.all(files.map(asset));
  return {
    sources: [...sources, ...RECIPE],
    made: {
      files: new Map(assets.map((file) => [file.path, file])),
      page: await asset({ path: '/', type: 'text/html; charset=utf-8', text: page }),
      contentSecurityPolicy: policyFor(page),
    },
  };
}

/** How it is made. */
const RECIPE = [
  join(PACKAGES_DIR, '..', 'package-lock.json'),
  ...readdirSync(import.meta.dirname)
    .filter((name) => name.startsWith('web-'))
    .map((name) => join(import.meta.dirname, name)),
];

type AssetText = { readonly path: string; readonly type: string; readonly text: string };
async function asset({ path, type, text }: AssetText): Promise<WebAsset> {
  const body = Buffer.from(text);
  return {
    path,
    type,
    body,
    // A twenty-fifth shorter than zlib's best, in a second for all.
    gzip: Buffer.from(await gzipAsync(body, { numiterations: GZIP_ITERATIONS })),
    brotli: brotliCompressSync(body, { params: { [constants.BROTLI_PARAM_MODE]: 1 } }),
    etag: `"${createHash('sha256').update(body).digest('hex').slice(0, ETAG_DIGITS)}"`,
  };
}
const GZIP_ITERATIONS = 15;
const ETAG_DIGITS = 12;

/** Only our own origin; the inline script (first theme) by the hash of its text. */
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
