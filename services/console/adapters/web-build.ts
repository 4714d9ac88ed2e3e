import { createHash } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { dirname, join } from 'node:path';
import { rollup } from '@rollup/wasm-node';
import type { OutputChunk, Plugin } from '@rollup/wasm-node';
import { minifySync } from '@swc/wasm';
import { minifyStyle, TOKENS_PATH } from '../../platform/style/minify.ts';
import { texts as en } from '../web/i18n/en.ts';
import { texts as zh } from '../web/i18n/zh.ts';
import { ASSETS_PATH, PACKAGES_DIR, WEB_DIR } from './web-paths.ts';

const HASH_DIGITS = 12;

/** A file that the page loads, under a name that changes with its content, so that it may be cached for ever. */
export type BuiltFile = { readonly path: string; readonly type: string; readonly text: string };

export type BuiltWeb = {
  readonly page: string;
  readonly files: readonly BuiltFile[];
  /** Files outside the web folder that went into it. */
  readonly sources: readonly string[];
};

/** Packages that the browser loads; each is one ES module in its package. */
const PACKAGES: Readonly<Record<string, string>> = {
  preact: 'preact/dist/preact.mjs',
  'preact/hooks': 'preact/hooks/dist/hooks.mjs',
  '@preact/signals': '@preact/signals/dist/signals.mjs',
  '@preact/signals-core': '@preact/signals-core/dist/signals-core.mjs',
};
/** These modules compute from the texts of all languages what a reader of one needs: the browser gets the outcome. */
const COMPUTED: Readonly<Record<string, object>> = {
  [join(WEB_DIR, 'i18n', 'en.ts')]: en,
  [join(WEB_DIR, 'i18n', 'zh.ts')]: zh,
};

/**
 * Makes what the browser loads, in seconds: the web folder's TypeScript without its types, the packages that it takes,
 * the texts of each language, the style, and the page that names them.
 *
 * Each of these is one file, for all pages together: names across files are long, and what is compressed apart
 * compresses badly. A file for each folder of pages is a tenth more in all.
 */
export async function buildWeb(): Promise<BuiltWeb> {
  const modules = new Set<string>();
  const noting: Plugin = { name: 'noting', moduleParsed: ({ id }) => void modules.add(id) };
  const graph = await rollup({
    input: join(WEB_DIR, 'main.ts'),
    plugins: [SOURCES, noting, SHORT],
  });
  const { output } = await graph.generate({
    entryFileNames: CHUNK_NAME,
    chunkFileNames: CHUNK_NAME,
    // Languages stay apart because only they are loaded when needed.
    manualChunks: (path) =>
      path in COMPUTED ? undefined : path.startsWith(PACKAGES_DIR) ? 'packages' : 'main',
    generatedCode: 'es2015',
    externalLiveBindings: false,
    freeze: false,
  });
  await graph.close();
  const chunks = output.filter((file): file is OutputChunk => file.type === 'chunk');
  const main = chunks.find(({ isEntry }) => isEntry);
  const style = minifyStyle(STYLES.map(read).join('\n'));
  const stylePath = `${ASSETS_PATH}style.${digest(style)}.css`;
  const page = read(join(WEB_DIR, 'index.html'))
    .replace('{{style}}', stylePath)
    .replace('{{preload}}', (main?.imports ?? []).map(preload).join('\n    '))
    .replace('{{main}}', `${ASSETS_PATH}${main?.fileName}`);
  const files = chunks.map(({ fileName, code }) => ({
    path: `${ASSETS_PATH}${fileName}`,
    type: 'text/javascript; charset=utf-8',
    text: code,
  }));
  return {
    page,
    files: [...files, { path: stylePath, type: 'text/css; charset=utf-8', text: style }],
    sources: [...modules, ...STYLES].filter((path) => !path.startsWith(join(WEB_DIR, '/'))),
  };
}

const CHUNK_NAME = `[name].[hash:${HASH_DIGITS}].js`;
const STYLES: readonly string[] = [
  TOKENS_PATH,
  ...readdirSync(join(WEB_DIR, 'style'))
    .filter((name) => name.endsWith('.css'))
    .sort()
    .map((name) => join(WEB_DIR, 'style', name)),
];
const read = (path: string): string => readFileSync(path, 'utf8');
const preload = (name: string): string =>
  `<link rel="modulepreload" href="${ASSETS_PATH}${name}" />`;
const digest = (text: string): string =>
  createHash('sha256').update(text).digest('hex').slice(0, HASH_DIGITS);

/** A module of texts under the beginnings of their names, which dozens share; it joins them again when it is loaded. */
function textsModule(texts: object): string {
  const groups = Map.groupBy(Object.entries(texts), ([key]) => key.slice(0, key.lastIndexOf('.')));
  const nested = Object.fromEntries(
    [...groups].map(([start, entries]) => [
      start,
      Object.fromEntries(entries.map(([key, text]) => [key.slice(start.length + 1), text])),
    ]),
  );
  return `export const texts = {};
const nested = ${JSON.stringify(nested)};
for (const start in nested)
  for (const end in nested[start]) texts[start + '.' + end] = nested[start][end];`;
}

/** Where modules are, and their text without types. */
const SOURCES: Plugin = {
  name: 'sources',
  resolveId(name, importer) {
    const file = PACKAGES[name];
    if (file) return join(PACKAGES_DIR, file);
    return importer ? join(dirname(importer), name) : name;
  },
  load(path) {
    const texts = COMPUTED[path];
    if (texts) return textsModule(texts);
    return path.endsWith('.ts') ? stripTypeScriptTypes(read(path), { mode: 'strip' }) : read(path);
  },
};

/** Short names, and no blanks, comments or code that is never reached. */
const SHORT: Plugin = {
  name: 'short',
  renderChunk: (code) =>
    minifySync(code, {
      module: true,
      compress: { passes: 2, toplevel: true },
      mangle: { toplevel: true },
    }).code,
};
