import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** A Java server: its class path, its memory and, once trained, its archive of parsed classes. */
export type JavaProgram = {
  readonly java: string;
  /** In a fixed order: an archive is bound to the exact class path. */
  readonly classPath: readonly string[];
  readonly heapMegabytesMax: number;
  readonly archivePath: string;
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
    // A broken archive is no reason to say more than the log needs: the server then starts without.
    ...(existsSync(program.archivePath) ? [`-XX:SharedArchiveFile=${program.archivePath}`, '-Xlog:cds=off', '-Xlog:cds+dynamic=off'] : []),
    '-Djava.awt.headless=true',
    '-Dlog4j2.level=WARN',
    '-cp',
    program.classPath.join(':'),
  ];
}
