import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from './config.ts';

const SECRET_BYTES = 32;

/**
 * What links in messages are signed with: TIDEMARK_LINK_SECRET, else a random one that lies in the data folder of the
 * embedded servers, where there is one; undefined where there is neither: then messages carry no such links.
 */
export function linkSecret(
  config: Pick<Config, 'TIDEMARK_LINK_SECRET' | 'TIDEMARK_DATA_DIR'>,
): Buffer | undefined {
  if (config.TIDEMARK_LINK_SECRET !== '') return Buffer.from(config.TIDEMARK_LINK_SECRET);
  if (!existsSync(join(config.TIDEMARK_DATA_DIR, 'run.json'))) return undefined;
  const path = join(config.TIDEMARK_DATA_DIR, 'link-secret');
  try {
    // Made once: whoever comes second takes what the first one wrote.
    writeFileSync(path, randomBytes(SECRET_BYTES).toString('base64'), { flag: 'wx', mode: 0o600 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  return Buffer.from(readFileSync(path, 'utf8'), 'base64');
}
