/** What npm writes down of one package in package-lock.json. */
type LockedPackage = {
  readonly version?: string;
  readonly license?: string;
  readonly hasInstallScript?: true;
  readonly resolved?: string;
  readonly integrity?: string;
};
export type PackageFiles = {
  readonly manifest: {
    readonly dependencies?: Readonly<Record<string, string>>;
    readonly devDependencies?: Readonly<Record<string, string>>;
    readonly optionalDependencies?: Readonly<Record<string, string>>;
    readonly scripts?: Readonly<Record<string, string>>;
    readonly devEngines?: unknown;
  };
  readonly lock: { readonly packages: Readonly<Record<string, LockedPackage>> };
  readonly npmrc: string;
};

/** Free to use, change and pass on with an Apache-2.0 program; MPL-2.0 as long as its own files stay as they are. */
const LICENCES = new Set([
  'MIT',
  'MIT-0',
  '(MIT OR EUPL-1.1+)',
  'Apache-2.0',
  'ISC',
  'BSD-2-Clause',
  'BSD-3-Clause',
  '0BSD',
  'BlueOak-1.0.0',
  'CC0-1.0',
  'MPL-2.0',
  'Unlicense',
]);
/** Packages whose manifest says it in no way that npm reads: their licence files were read. */
const READ_BY_HAND: Readonly<Record<string, string>> = {
  '@kafkajs/confluent-schema-registry': 'MIT',
  buildcheck: 'MIT',
  'cpu-features': 'MIT',
  ssh2: 'MIT',
};
/** They offer to compile something at installation and do without when they may not. */
const SCRIPTS_NOT_NEEDED = new Set(['cpu-features', 'protobufjs', 'ssh2']);
const EXACT = /^\d+\.\d+\.\d+(-[\w.]+)?$/;
/** npm runs these by itself when it installs. */
const LIFECYCLE = ['preinstall', 'install', 'postinstall', 'prepare', 'prepublish'];

const nameOf = (path: string): string => path.slice(path.lastIndexOf('node_modules/') + 13);

/** What is wrong with what we depend on, one sentence each. Pure. */
export function packageFaults({ manifest, lock, npmrc }: PackageFiles): readonly string[] {
  const wanted = Object.entries({
    ...manifest.dependencies,
    ...manifest.devDependencies,
    ...manifest.optionalDependencies,
  });
  const locked = Object.entries(lock.packages).filter(([path]) => path !== '');
  return [
    ...wanted
      .filter(([, version]) => !EXACT.test(version))
      .map(([name, version]) => `${name} is wanted as ${version}, not in an exact version`),
    ...wanted
      .filter(([name, version]) => lock.packages[`node_modules/${name}`]?.version !== version)
      .map(([name, version]) => `${name} ${version} is not what package-lock.json has`),
    ...locked.flatMap(([path, entry]) => {
      const name = nameOf(path);
      const licence = entry.license ?? READ_BY_HAND[name] ?? 'none that is stated';
      return [
        ...(LICENCES.has(licence) ? [] : [`${name} has the licence ${licence}`]),
        ...(entry.hasInstallScript && !SCRIPTS_NOT_NEEDED.has(name)
          ? [`${name} runs a script at installation`]
          : []),
        ...(entry.integrity ? [] : [`${name} has no checksum`]),
        ...(entry.resolved ? [`${name} is bound to the registry ${entry.resolved}`] : []),
      ];
    }),
    ...LIFECYCLE.filter((script) => manifest.scripts?.[script]).map(
      (script) => `package.json has the script ${script}, which npm runs at installation`,
    ),
    ...(manifest.devEngines === undefined ? [] : ["devEngines stops Node 20's npm"]),
    ...(/^ignore-scripts=true$/m.test(npmrc) ? [] : ['.npmrc does not forbid scripts']),
  ];
}
