import { readFileSync } from 'node:fs';

/** Linux' USER_HZ: the unit of the times in /proc, 100 a second on every platform that Node runs on. */
const TICK_MS = 10;

/**
 * CPU time, user and system, that a process and its threads have used so far, ms; granular to 10 ms.
 * @returns undefined where there is no /proc, or no such process
 */
export function cpuMsOf(pid: number | undefined): number | undefined {
  if (pid === undefined) return undefined;
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
  } catch {
    return undefined;
  }
}

/** What each of these processes uses between the call and the call of the result, ms. */
export function cpuMeter<Name extends string>(
  pids: Readonly<Record<Name, number | undefined>>,
): () => Readonly<Record<Name, number | undefined>> {
  const read = (): Record<Name, number | undefined> =>
    Object.fromEntries(
      Object.entries(pids).map(([name, pid]) => [name, cpuMsOf(pid as number | undefined)]),
    ) as Record<Name, number | undefined>;
  const before = read();
  return () => {
    const after = read();
    const names = Object.keys(pids) as Name[];
    return Object.fromEntries(
      names.map((name) => {
        const [from, to] = [before[name], after[name]];
        return [name, from === undefined || to === undefined ? undefined : to - from];
      }),
    ) as Record<Name, number | undefined>;
  };
}

/** CPU milliseconds of a whole run as microseconds per event. */
export const perEvent = (cpuMs: number | undefined, events: number): number | undefined =>
  cpuMs === undefined ? undefined : (cpuMs * 1000) / events;

/** Largest resident memory of a living process so far, MiB. */
export function memoryOf(pid: number): number | undefined {
  try {
    const kibibytes = /^VmHWM:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return kibibytes === undefined ? undefined : Number(kibibytes) / 1024;
  } catch {
    return undefined;
  }
}
