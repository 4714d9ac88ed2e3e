import { readFileSync } from 'node:fs';
import { SCRIPTS } from '../../../services/aggregator/adapters/lua.ts';
import type { RedisScript } from '../../../services/platform/redis-script.ts';
import type { Passing, Verdict } from './fault-proxy.ts';
import type { Links } from './links.ts';
import { answerOf, callsScript, fetched, writes, written } from './signs.ts';
import type { Sign } from './signs.ts';

/** A moment of a service's work that can be seen from outside, on one of its lines. */
export type CrashPoint = {
  readonly name: string;
  readonly line: 'kafka' | 'redis';
  readonly isNow: Sign;
};

const LUA = new URL('../../../services/aggregator/adapters/lua/', import.meta.url);

/** The digest by which a script is called, whatever it is put together from. */
function digestOf(script: RedisScript): string {
  let digest = '';
  const client = {
    call(_command: string, [first]: readonly string[]) {
      digest = String(first);
      return Promise.resolve();
    },
  };
  void script(client as never, [], []);
  return digest;
}

const calls = (name: 'apply' | 'clearDirty'): Sign => {
  const file = { apply: 'apply.lua', clearDirty: 'clear-dirty.lua' }[name];
  return callsScript(digestOf(SCRIPTS[name]), readFileSync(new URL(file, LUA), 'utf8'));
};

/** The steps of one flush in their order; made anew for each use, since some remember what they saw. */
export const crashPoints = (): readonly CrashPoint[] => [
  { name: 'records are fetched', line: 'kafka', isNow: fetched },
  { name: 'dead letters are being written', line: 'kafka', isNow: writes('dead-letters') },
  { name: 'dead letters are written', line: 'kafka', isNow: written('dead-letters') },
  { name: 'the flush is on its way', line: 'redis', isNow: calls('apply') },
  { name: 'the flush is applied', line: 'redis', isNow: answerOf(calls('apply')) },
  { name: 'changes are being published', line: 'kafka', isNow: writes('metric-updates') },
  { name: 'changes are published', line: 'kafka', isNow: written('metric-updates') },
  { name: 'marks are being cleared', line: 'redis', isNow: calls('clearDirty') },
];

/** @param name of one of `crashPoints()` */
export function crashPoint(name: string): CrashPoint {
  const found = crashPoints().find((point) => point.name === name);
  if (!found) throw new Error(`no step ${name}`);
  return found;
}

/** Calls `then` at the first such moment, and decides what becomes of what passes there. Other lines are not touched. */
export function at(links: Links, point: CrashPoint, then: () => Verdict): void {
  let isOver = false;
  const decide = (passing: Passing): Verdict => {
    if (isOver || !point.isNow(passing)) return 'pass';
    isOver = true;
    return then();
  };
  for (const line of point.line === 'redis' ? [links.redis] : links.kafka) line.watch(decide);
}
