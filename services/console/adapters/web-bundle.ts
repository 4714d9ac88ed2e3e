import assert from 'node:assert/strict';
import { posix } from 'node:path';

type Module = {
  readonly name: string;
  /** What it takes, by where it is from: a module's name, or a package. */
  readonly imports: readonly { readonly from: string; readonly names: string }[];
  readonly exports: readonly string[];
  readonly body: string;
};

/** What is needed at once, and what is loaded later; each is imported under its name. */
export const CHUNKS = ['main', 'later'] as const;

/**
 * Puts modules together into two files: what the first one needs at once, and the rest. Many small files compress badly:
 * two are a third smaller.
 *
 * Each module stays a scope of its own, in an order in which every one comes after what it takes. Packages stay apart.
 * @param first the module to begin with, e.g. `main.ts`
 * @param read a module's text by its name, without types
 */
export function bundle(
  first: string,
  read: (name: string) => string,
): Readonly<Record<(typeof CHUNKS)[number], string>> {
  const modules = new Map<string, Module>();
  const load = (name: string): Module => {
    const module = modules.get(name) ?? readModule(name, read(name));
    modules.set(name, module);
    return module;
  };
  const main = closureOf([first], load);
  const entries = laterOf(main, load);
  const rest = closureOf([...entries], load).difference(main);
  const all = [...main, ...rest];
  const scopes = new Map(all.map((name, index) => [name, `$${index}`]));
  const known = [...main].filter((name) =>
    [...rest].some((other) => load(other).imports.some(({ from }) => from === name)),
  );
  return {
    main: writeChunk([...main].map(load), scopes, { exported: known, known: [] }),
    later: writeChunk([...rest].map(load), scopes, { exported: [...entries], known }),
  };
}

const IMPORT = /^import (\{[^}]*\}|\w+) from '([^']+)';\n/gm;
const LATER = /\bimport\(\s*'([^']+)'\s*\)/g;
const EXPORT = /^export (?=(?:async )?(?:function\*?|const|class) ([\w$]+))/gm;

const isModule = (from: string): boolean => from.endsWith('.ts');
const resolve = (name: string, from: string): string =>
  isModule(from) ? posix.join(posix.dirname(name), from) : from;

/**
 * Reads one module. Only the forms that the linter lets pass here are understood.
 * @throws AssertionError on any other
 */
function readModule(name: string, text: string): Module {
  const imports = [...text.matchAll(IMPORT)].map(([, names = '', from = '']) => ({
    from: resolve(name, from),
    names,
  }));
  const exports = [...text.matchAll(EXPORT)].map(([, exported = '']) => exported);
  const body = text.replace(IMPORT, '').replace(EXPORT, '');
  const unknown = /^(?:import\b(?!\()|export\b).*/m.exec(body)?.[0];
  assert(unknown === undefined, `${name}: bundles do not know the form “${unknown}”`);
  return { name, imports, exports, body };
}

/** The modules and all that they take at once, each after what it takes. */
function closureOf(names: readonly string[], load: (name: string) => Module): ReadonlySet<string> {
  const found = new Set<string>();
  const visit = (name: string): void => {
    if (found.has(name)) return;
    for (const { from } of load(name).imports) if (isModule(from)) visit(from);
    found.add(name);
  };
  for (const name of names) visit(name);
  return found;
}

/** The modules that those of a closure load when they need them, and what these then load. */
function laterOf(names: ReadonlySet<string>, load: (name: string) => Module): ReadonlySet<string> {
  const entries = new Set<string>();
  const seen = new Set(names);
  // A set gives out also what is added while it is walked.
  for (const name of seen)
    for (const [, from = ''] of load(name).body.matchAll(LATER)) {
      entries.add(resolve(name, from));
      for (const needed of closureOf([resolve(name, from)], load)) seen.add(needed);
    }
  return entries;
}

/** What the scope of each module is called. */
type Scopes = ReadonlyMap<string, string>;

function writeChunk(
  members: readonly Module[],
  scopes: Scopes,
  chunk: {
    readonly exported: readonly string[];
    /** What it takes of the main chunk. */
    readonly known: readonly string[];
  },
): string {
  const namesOf = (names: readonly string[]): string =>
    names.map((name) => scopes.get(name)).join(', ');
  const lines = [
    ...packageImports(members.flatMap(({ imports }) => imports)),
    ...(chunk.known.length === 0 ? [] : [`import { ${namesOf(chunk.known)} } from 'main';`]),
    ...members.map((module) => writeModule(module, scopes)),
    `export { ${namesOf(chunk.exported)} };`,
  ];
  return `${lines.join('\n')}\n`;
}

function writeModule({ name, imports, exports, body }: Module, scopes: Scopes): string {
  const taken = imports
    .filter(({ from }) => isModule(from))
    .map(({ from, names }) => `const ${names.replaceAll(' as ', ': ')} = ${scopes.get(from)};\n`);
  const own = body.replace(
    LATER,
    (_, from: string) => `import('later').then((all) => all.${scopes.get(resolve(name, from))})`,
  );
  const given = `return { ${exports.join(', ')} };`;
  return `const ${scopes.get(name)} = (() => {\n${taken.join('')}${own}${given}\n})();`;
}

/** One import for each package: its names are known to the whole chunk. */
function packageImports(taken: Module['imports']): readonly string[] {
  const sources = new Map<string, string>();
  const byPackage = new Map<string, Set<string>>();
  for (const { from, names } of taken.filter((one) => !isModule(one.from))) {
    const parts = names.startsWith('{') ? names.slice(1, -1).split(',') : [`default as ${names}`];
    for (const name of parts.map((part) => part.trim()).filter((part) => part !== '')) {
      const known = name.split(' as ').at(-1) ?? '';
      const source = sources.get(known) ?? from;
      assert(source === from, `“${known}” is of ${source} and of ${from}`);
      sources.set(known, from);
      byPackage.set(from, (byPackage.get(from) ?? new Set()).add(name));
    }
  }
  return [...byPackage].map(
    ([from, names]) => `import { ${[...names].join(', ')} } from '${from}';`,
  );
}
