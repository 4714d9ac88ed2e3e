import { relative } from 'node:path';

/** What a .cpuprofile holds, as far as it is read here. Times in microseconds. */
export type CpuProfile = {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: {
      readonly functionName: string;
      readonly url: string;
      readonly lineNumber: number;
    };
  }[];
  readonly samples?: readonly number[];
  readonly timeDeltas?: readonly number[];
};

export type SelfTime = { readonly name: string; readonly ms: number };

/** Time in each function itself, the largest first; a function is a name and a place. Waiting is left out. */
export function selfTimes(profile: CpuProfile, root: string): readonly SelfTime[] {
  const names = new Map(
    profile.nodes.map(({ id, callFrame }) => [id, nameOf(callFrame, root)] as const),
  );
  const micros = new Map<string, number>();
  for (const [i, id] of (profile.samples ?? []).entries()) {
    const name = names.get(id) ?? '?';
    micros.set(name, (micros.get(name) ?? 0) + (profile.timeDeltas?.[i] ?? 0));
  }
  micros.delete('(idle)');
  return [...micros]
    .map(([name, time]) => ({ name, ms: time / 1000 }))
    .toSorted((a, b) => b.ms - a.ms);
}

function nameOf(frame: CpuProfile['nodes'][number]['callFrame'], root: string): string {
  const name = frame.functionName || '(anonymous)';
  if (frame.url === '') return name;
  const path = frame.url.startsWith('file://')
    ? relative(root, frame.url.slice('file://'.length))
    : frame.url;
  return `${name} ${path}:${frame.lineNumber + 1}`;
}

/** The functions that take most time, as text to read in a terminal. */
export function profileTable(
  times: readonly SelfTime[],
  options: {
    readonly per: 'event' | 'second';
    /** Events, or seconds. */
    readonly count: number;
    readonly rows: number;
  },
): string {
  const total = times.reduce((sum, { ms }) => sum + ms, 0);
  const line = (ms: number, name: string): string =>
    [
      ms.toFixed(0).padStart(7),
      ((ms / total) * 100).toFixed(1).padStart(5),
      ((ms * 1000) / options.count).toFixed(options.per === 'event' ? 3 : 0).padStart(9),
      ` ${name}`,
    ].join(' ');
  return [
    `     ms     %  µs/${options.per}`,
    ...times.slice(0, options.rows).map(({ ms, name }) => line(ms, name)),
    line(total, 'all of the main thread but waiting'),
  ].join('\n');
}
