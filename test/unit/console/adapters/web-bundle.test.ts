import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { EOL, tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { bundle } from '../../../../services/console/adapters/web-bundle.ts';

const MODULES: Readonly<Record<string, string>> = {
  'main.ts': [
    "import { join, sep as slash } from 'node:path';",
    "import { name } from './parts/name.ts';",
    'let seen = 0;',
    'export const shown = join(name(), slash, count());',
    'export function count() {\n  return String(++seen);\n}',
    "export const more = () =>\n  import('./pages/more.ts').then(({ More }) => More());",
    "export const other = () => import('./pages/other/page.ts').then(({ Other }) => Other);\n",
  ].join('\n'),
  'parts/name.ts': "export function name() {\n  return 'Ann';\n}\n",
  'pages/more.ts': [
    "import { name as called } from '../parts/name.ts';",
    "import { twice } from '../../kernel/twice.ts';",
    "import { sep } from 'node:path';",
    'const name = twice(called()) + sep;',
    'export class Kept {}',
    'export const More = () => name;',
    "export const last = () => import('./last.ts').then(({ name }) => name);\n",
  ].join('\n'),
  'pages/last.ts': "export const name = 'last';\n",
  'pages/other/page.ts': [
    "import { twice } from '../../../kernel/twice.ts';",
    "import { ended } from '../../parts/end.ts';",
    "export const Other = ended(twice('o'));\n",
  ].join('\n'),
  'pages/third/page.ts':
    "import { ended } from '../../parts/end.ts';\nexport const Third = ended;\n",
  'parts/end.ts': "import { EOL } from 'node:os';\nexport const ended = (text) => text + EOL;\n",
  '../kernel/twice.ts': 'export const twice = (text) => text + text;\n',
  'unused.ts': 'export const unused = 1;\n',
};
const read =
  (modules: Readonly<Record<string, string>> = MODULES) =>
  (name: string): string => {
    const text = modules[name];
    if (text === undefined) throw new Error(`no ${name}`);
    return text;
  };

const folder = mkdtempSync(join(tmpdir(), 'tidemark-bundle-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const textsOf = (modules?: Readonly<Record<string, string>>): ReadonlyMap<string, string> =>
  new Map(bundle('main.ts', read(modules)).map(({ name, text }) => [name, text]));

describe('a bundle', () => {
  const chunks = textsOf();

  it('does what its modules do, each in a scope of its own', async () => {
    const fileOf = (name: string): string => `./${name.replaceAll('/', '-')}.mjs`;
    for (const [name, text] of chunks)
      writeFileSync(
        join(folder, fileOf(name)),
        text.replace(/(from |import\()'([^']+)'/g, (whole, before: string, from: string) =>
          chunks.has(from) ? `${before}'${fileOf(from)}'` : whole,
        ) + (name === 'main' ? 'export const result = $1;\n' : ''),
      );
    const { result } = (await import(pathToFileURL(join(folder, 'main.mjs')).href)) as {
      result: { shown: string; more: () => Promise<string>; other: () => Promise<string> };
    };
    expect(result.shown).toBe('Ann/1');
    expect(await result.more()).toBe('AnnAnn/');
    expect(await result.other()).toBe(`oo${EOL}`);
  });

  it('holds what is needed at once apart from what is loaded later, by folders, and nothing else', () => {
    expect([...chunks.keys()].toSorted()).toEqual(['main', 'pages', 'pages/other', 'shared']);
    expect(chunks.get('pages')).toContain("'last'");
    expect(chunks.get('pages')).not.toContain("'Ann'");
    expect(chunks.get('shared')).toContain('text + text');
    expect(chunks.get('pages/other')).toContain('text + EOL');
    expect([...chunks.values()].join('')).not.toContain('unused');
  });

  it('keeps apart what is shared with a package that not all need', () => {
    const main = `${MODULES['main.ts']}export const third = () => import('./pages/third/page.ts');\n`;
    const texts = textsOf({ ...MODULES, 'main.ts': main });
    expect(texts.get('shared-node:os')).toContain('text + EOL');
    expect(texts.get('shared')).not.toContain('node:os');
  });

  it('takes a package once', () => {
    expect(chunks.get('main')?.match(/node:path/g)).toHaveLength(1);
  });

  it.each([
    ['a default', 'export default 1;\n'],
    ['a list', 'const a = 1;\nexport { a };\n'],
    ['a variable', 'export let a = 1;\n'],
    ['a side effect', "import './other.ts';\n"],
    ['all of a module', "import * as all from './other.ts';\n"],
  ])('refuses %s', (_, text) => {
    expect(() => bundle('main.ts', () => text)).toThrow('bundles do not know the form');
  });

  it('refuses one name of two packages', () => {
    const text = "import { join } from 'node:path';\nimport { join } from 'other';\n";
    expect(() => bundle('main.ts', () => text)).toThrow('“join” is of node:path and of other');
  });
});
