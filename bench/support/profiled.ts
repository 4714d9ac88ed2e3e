import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryDir } from '../../infra/bootstrap/prepare.mjs';
import type { Child } from './child.ts';
import { profileTable, selfTimes } from './profile-table.ts';
import type { CpuProfile } from './profile-table.ts';
import type { World } from './world.ts';

const ROWS = 45;

/**
 * Where profiles are wanted: begins one of a child, and gives what ends it, writes NAME.cpuprofile (for the browser's
 * developer tools) and prints the functions that take most.
 */
export function startProfile(
  world: World,
  child: Child,
  name: string,
): (count: number, per?: 'event' | 'second') => Promise<void> {
  if (!world.isProfiled) return () => Promise.resolve();
  child.send({ kind: 'profile-start' });
  return async (count, per = 'event') => {
    const path = join(world.outputDir, `${name}.cpuprofile`);
    child.send({ kind: 'profile-stop', path });
    await child.next('profiled');
    const profile = JSON.parse(readFileSync(path, 'utf8')) as CpuProfile;
    world.note(
      `${path}\n${profileTable(selfTimes(profile, repositoryDir), { per, count, rows: ROWS })}`,
    );
  };
}
