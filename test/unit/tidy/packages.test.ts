import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { repositoryDir } from '../../../infra/bootstrap/prepare.mjs';
import { packageFaults } from './packages.ts';
import type { PackageFiles } from './packages.ts';

const read = (name: string): string => readFileSync(join(repositoryDir, name), 'utf8');
const files: PackageFiles = {
  manifest: JSON.parse(read('package.json')) as PackageFiles['manifest'],
  lock: JSON.parse(read('package-lock.json')) as PackageFiles['lock'],
  npmrc: read('.npmrc'),
};
const withLocked = (entry: PackageFiles['lock']['packages'][string]): PackageFiles => ({
  ...files,
  lock: { packages: { ...files.lock.packages, 'node_modules/seed': { integrity: 'x', ...entry } } },
});

test('packages are exact, checksummed, free to use, and run nothing when they are installed', () => {
  expect(packageFaults(files)).toEqual([]);
});

test.each<[string, PackageFiles, string]>([
  ['a licence', withLocked({ license: 'GPL-3.0' }), 'seed has the licence GPL-3.0'],
  ['no licence', withLocked({}), 'seed has the licence none that is stated'],
  [
    'an installation script',
    withLocked({ license: 'MIT', hasInstallScript: true }),
    'seed runs a script at installation',
  ],
  ['no checksum', withLocked({ license: 'MIT', integrity: '' }), 'seed has no checksum'],
  [
    'a range of versions',
    { ...files, manifest: { ...files.manifest, dependencies: { avsc: '^5.7.9' } } },
    'avsc is wanted as ^5.7.9, not in an exact version',
  ],
  [
    'a script of our own',
    { ...files, manifest: { ...files.manifest, scripts: { postinstall: 'node x.mjs' } } },
    'package.json has the script postinstall, which npm runs at installation',
  ],
  ['scripts allowed', { ...files, npmrc: '' }, '.npmrc does not forbid scripts'],
])('%s is noticed', (_what, seeded, fault) => {
  expect(packageFaults(seeded)).toContain(fault);
});
