import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { cpus, release, totalmem, type } from 'node:os';
import { join } from 'node:path';
import { javaCommand, repositoryDir } from '../../infra/bootstrap/prepare.mjs';
import type { Machine } from '../results.ts';
import type { World } from './world.ts';

/** The checkout's commit, and whether files differ from it. */
export function commitOf(): string {
  const git = (...args: string[]): string =>
    execFileSync('git', args, { cwd: repositoryDir, encoding: 'utf8' }).trim();
  try {
    const isChanged = git('status', '--porcelain', '--untracked-files=no') !== '';
    return `${git('rev-parse', '--short', 'HEAD')}${isChanged ? ' with changes' : ''}`;
  } catch {
    return 'unknown';
  }
}

export async function machineOf({ redis }: World): Promise<Machine> {
  const server = await redis.info('server');
  const kafka = /kafka_2\.13<\/artifactId>\s*<version>([^<]+)/.exec(
    readFileSync(join(repositoryDir, 'infra', 'embedded', 'pom.xml'), 'utf8'),
  );
  const java = spawnSync(javaCommand(), ['-version'], { encoding: 'utf8' });
  return {
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: cpus().length,
    memoryGibibytes: Math.round(totalmem() / 2 ** 30),
    system: `${type()} ${release().split('-')[0]}`,
    node: process.versions.node,
    kafka: kafka?.[1] ?? 'unknown',
    redis: /redis_version:(\S+)/.exec(server)?.[1] ?? 'unknown',
    java: /version "([^"]+)"/.exec(java.stderr)?.[1] ?? 'unknown',
  };
}
