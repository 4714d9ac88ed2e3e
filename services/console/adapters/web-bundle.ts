import assert from 'node:assert/strict';
import { posix } from 'node:path';

type Module = {
  readonly name: string;
  /** What it takes, by where it is from: a module's name, or a package. */
  readonly imports: readonly { readonly from: string; readonly names: string }[];
  readonly exports: readonly string[];
  readonly body: string;
};

/** Gives a module by its name. */
type Load = (name: string) => Module;

/** A file of several modules, imported under its name. */
export type Chunk = { readonly name: string; readonly text: string };

/** The chunk of what is needed at once, and the one of what several others share. */
export const MAIN = 'main';
export const SHARED = 'shared';

/**
 * Puts modules together into few files: what the first one needs at once, what is loaded later by the folder that it is
 * in, and what several of these share, apart by the packages that it brings. Many small files compress badly: few are a
 * third smaller.
 *
 * Each module stays a scope of its own, in an order in which every one comes after what it takes. Packages stay apart.
 * @param first the module to begin with, e.g. `main.ts`
 * @param read a module's text by its name, without types
 */
export function bundle(first: string, read: (name: string) => string): readonly Chunk[] {
  const modules = new Map<string, Module>();
  const load = (name: string): Module => {
    const module = modules.get(name) ?? readModule(name, read(name));
    modules.set(name, module);
    return module;
  };
  const main = closureOf([first], load);
  const entries = laterOf(main, load);
  const homes = placeModules(main, entries, load);
  const order = [...closureOf([first, ...entries], load)];
  const scopes = new Map(order.map((name, index) => [name, `$${index}`]));
  const plan: Plan = { modules: order.map(load), homes, scopes, entries };
  return [...new Set(homes.values())].map((name) => ({ name, text: writeChunk(name, plan) }));
}

/** @returns the chunk of each module. Law: chunks need each other in no circle, for what is shared needs only main and what is shared with no more packages. */
function placeModules(
  main: ReadonlySet<string>,
  entries: ReadonlySet<string>,
  load: Load,
): ReadonlyMap<string, string> {
  const users = new Map<string, Set<string>>();
  for (const entry of entries)
    for (const name of closureOf([entry], load).difference(main))
      users.set(name, (users.get(name) ?? new Set()).add(posix.dirname(entry)));
  const known = packagesOf(main, load);
  const homes = new Map([...main].map((name) => [name, MAIN]));
  for (const [name, [only = '', ...others]] of users) {
    const brought = packagesOf(closureOf([name], load), load).difference(known);
    homes.set(name, others.length === 0 ? only : [SHARED, ...brought].join('-'));
  }
  return homes;
}

const packagesOf = (names: ReadonlySet<string>, load: Load): ReadonlySet<string> =>
  new Set(
    [...names].flatMap((name) =>
      load(name).imports.flatMap(({ from }) => (isModule(from) ? [] : [from])),
    ),
  );

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
function closureOf(names: readonly string[], load: Load): ReadonlySet<string> {
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
function laterOf(names: ReadonlySet<string>, load: Load): ReadonlySet<string> {
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

type Plan = {
  /** Each after what it takes. */
  readonly modules: readonly Module[];
  /** The chunk of each. */
  readonly homes: ReadonlyMap<string, string>;
  /** What the scope of each is called. */
  readonly scopes: ReadonlyMap<string, string>;
  readonly entries: ReadonlySet<string>;
};

function writeChunk(chunk: string, plan: Plan): string {
  const { homes, scopes, entries } = plan;
  const isHere = (name: string): boolean => homes.get(name) === chunk;
  const own = plan.modules.filter(({ name }) => isHere(name));
  const taken = own.flatMap(({ imports }) => imports);
  const strange = new Set(
    taken.flatMap(({ from }) => (isModule(from) && !isHere(from) ? [from] : [])),
  );
  const wanted = new Set(
    plan.modules
      .filter(({ name }) => !isHere(name))
      .flatMap(({ imports }) => imports.map(({ from }) => from)),
  );
  const exported = own.filter(({ name }) => wanted.has(name) || entries.has(name));
  const namesOf = (names: readonly string[]): string =>
    names.map((name) => scopes.get(name)).join(', ');
  const lines = [
    ...packageImports(taken),
    ...[...Map.groupBy(strange, (name) => homes.get(name))].map(
      ([from, names]) => `import { ${namesOf(names)} } from '${from}';`,
    ),
    ...own.map((module) => writeModule(module, plan)),
    `export { ${namesOf(exported.map(({ name }) => name))} };`,
  ];
  return `${lines.join('\n')}\n`;
}

function writeModule({ name, imports, exports, body }: Module, { homes, scopes }: Plan): string {
  const taken = imports
    .filter(({ from }) => isModule(from))
    .map(({ from, names }) => `const ${names.replaceAll(' as ', ': ')} = ${scopes.get(from)};\n`);
  const own = body.replace(LATER, (_, from: string) => {
    const later = resolve(name, from);
    return `import('${homes.get(later)}').then((all) => all.${scopes.get(later)})`;
  });
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
