import { execFileSync } from 'node:child_process';

/** Resident memory of a process, MB, as the system's `ps` says. */
export const residentMegabytes = (pid: number): number =>
  Number(execFileSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' })) / 1_024;
