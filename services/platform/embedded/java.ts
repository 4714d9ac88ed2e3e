import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { assertNever } from '../../kernel/result.ts';

/** A Java server: its class path, its memory and, once trained, its archive of parsed classes. */
export type JavaProgram = {
  readonly java: string;
  /** In a fixed order: an archive is bound to the exact class path. */
  readonly classPath: readonly string[];
  readonly heapMegabytesMax: number;
  readonly archivePath: string;
  readonly archive:
    | { readonly kind: 'none' }
    | { readonly kind: 'use' }
    | { readonly kind: 'train'; readonly path: string };
  /** The quick compiler alone halves the start; for measuring a broker's own speed leave it out. */
  readonly isQuickStart: boolean;
};

export function jarsOf(directory: string): string[] {
  return readdirSync(directory)
    .filter((name) => name.endsWith('.jar'))
    .sort()
    .map((name) => join(directory, name));
}

/** The arguments before the main class. */
export function javaArguments(program: JavaProgram): string[] {
  return [
    '-Xms32m',
    `-Xmx${program.heapMegabytesMax}m`,
    '-XX:MaxDirectMemorySize=64m',
    '-XX:+UseSerialGC',
    ...(program.isQuickStart ? ['-XX:TieredStopAtLevel=1'] : []),
    '-Xshare:auto',
    ...archiveArguments(program),
    '-Djava.awt.headless=true',
    '-Dlog4j2.level=WARN',
    '-cp',
    program.classPath.join(':'),
  ];
}

function archiveArguments({ archive, archivePath }: JavaProgram): string[] {
  switch (archive.kind) {
    case 'none':
      return [];
    case 'train':
      return [`-XX:ArchiveClassesAtExit=${archive.path}`, ...QUIET];
    case 'use':
      return [`-XX:SharedArchiveFile=${archivePath}`, ...QUIET];
    default:
      return assertNever(archive);
  }
}

/** An archive that does not fit is not used, and hundreds of classes that cannot be archived are no news. */
const QUIET = ['-Xlog:cds=off', '-Xlog:cds+dynamic=off', '-Xlog:class+path=off'];
