import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryDir } from '../../../infra/bootstrap/prepare.mjs';

/** Path from the root of the repository → text. */
export type Tree = ReadonlyMap<string, string>;

const TEXT =
  /\.(ts|mts|mjs|js|lua|json|ya?ml|md|avsc|css|html|conf|sh)$|(^|\/)(Dockerfile|run|tidemark)$/;

/** Every text file that is committed or would be: what git lists, less what it ignores. */
export function readTree(): Tree {
  const list = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
    cwd: repositoryDir,
    encoding: 'utf8',
  });
  const paths = list.split('\n').filter((path) => TEXT.test(path));
  const files = new Map<string, string>();
  for (const path of new Set(paths)) {
    try {
      files.set(path, readFileSync(join(repositoryDir, path), 'utf8'));
    } catch (error) {
      // Deleted in the work tree, still in the index.
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
  }
  return files;
}

export const below = (tree: Tree, pattern: RegExp): readonly (readonly [string, string])[] =>
  [...tree].filter(([path]) => pattern.test(path));
