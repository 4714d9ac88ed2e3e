import { createHash, randomUUID } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { deserialize, serialize } from 'node:v8';

/** What was made of sources, with the means to tell whether they are still the same. */
type Kept<T> = { readonly sources: readonly string[]; readonly digest: string; readonly made: T };

/**
 * Makes something once for the same sources and keeps it in a file. Where none can be written it is made each time.
 * @param place the file that it is kept in, and a folder all of whose files are sources
 * @param make gives also the files outside of this folder that it was made of
 */
export async function madeOnce<T>(
  place: { readonly file: string; readonly folder: string },
  make: () => Promise<{ readonly made: T; readonly sources: readonly string[] }>,
): Promise<T> {
  const { file, folder } = place;
  const kept = readKept<T>(file);
  if (kept && kept.digest === digestOf(folder, kept.sources)) return kept.made;
  const { made, sources } = await make();
  keep(file, { sources, digest: digestOf(folder, sources), made });
  return made;
}

/** Of names and contents. */
function digestOf(folder: string, sources: readonly string[]): string {
  const inside = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name))
    .sort();
  const hash = createHash('sha256');
  for (const path of [...inside, ...sources].filter((path) => existsSync(path)))
    hash.update(`${path}\n`).update(readFileSync(path));
  return hash.digest('hex');
}

function readKept<T>(file: string): Kept<T> | undefined {
  try {
    return deserialize(readFileSync(file)) as Kept<T>;
  } catch {
    // Not there, or of another runtime.
    return undefined;
  }
}

function keep<T>(file: string, kept: Kept<T>): void {
  const partial = `${file}.${randomUUID().slice(0, 8)}`;
  try {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(partial, serialize(kept));
    // Others may start at the same time: each finds a whole file.
    renameSync(partial, file);
  } catch {
    // A folder that may only be read, as in a container: nothing depends on it.
  }
}
