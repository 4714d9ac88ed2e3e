import { appendFileSync, cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryDir } from '../../infra/bootstrap/prepare.mjs';

/** A catalogue folder of its own beside its schemas, as an installation that is not a checkout has one. */
export type Home = {
  /** For TIDEMARK_CATALOG. */
  readonly catalog: string;
  /** Writes one more file of definitions, or replaces it. */
  readonly write: (file: string, yaml: string) => void;
  readonly append: (file: string, yaml: string) => void;
};

/** @param name folder under test/output; begins as a copy of the demo's catalogue and schemas */
export function createHome(name: string): Home {
  const folder = join(repositoryDir, 'test', 'output', name);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const part of ['catalog', 'schemas'])
    cpSync(join(repositoryDir, part), join(folder, part), { recursive: true });
  const catalog = join(folder, 'catalog');
  return {
    catalog,
    write: (file, yaml) => writeFileSync(join(catalog, file), yaml),
    append: (file, yaml) => appendFileSync(join(catalog, file), yaml),
  };
}
