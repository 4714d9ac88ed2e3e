import { readFileSync } from 'node:fs';
import { SCRIPTS } from '../../../services/aggregator/adapters/lua.ts';
import type { RedisScript } from '../../../services/platform/redis-script.ts';
import type { Passing, Verdict } from './fault-proxy.ts';
import { API } from './kafka-frames.ts';
import type { Links } from './links.ts';

/** A moment of the aggregator's work that can be seen from outside, on one of its lines. */
export type CrashPoint = {
  readonly name: string;
  readonly line: 'kafka' | 'redis';
  readonly isNow: (passing: Passing) => boolean;
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

/** Whether a client calls this script, by its digest or, where the server has forgotten it, by its text. */
const calls = (name: 'apply' | 'clearDirty'): ((passing: Passing) => boolean) => {
  const file = { apply: 'apply.lua', clearDirty: 'clear-dirty.lua' }[name];
  const text = readFileSync(new URL(file, LUA), 'utf8');
  const signs = [digestOf(SCRIPTS[name]), text.slice(0, text.indexOf('\n'))];
  return ({ from, bytes }) => from === 'client' && signs.some((sign) => bytes.includes(sign));
};
/** The first thing that the server says after the client did this: its answer, or one before it on the same line. */
const answerOf = (isAsked: (passing: Passing) => boolean): ((passing: Passing) => boolean) => {
  let asked = false;
  return (passing) => {
    if (passing.from === 'server') return asked;
    asked ||= isAsked(passing);
    return false;
  };
};
const writes = (topic: string): ((passing: Passing) => boolean) => {
  return ({ from, api, bytes }) =>
    from === 'client' && api === API.produce && bytes.includes(topic);
};
const written = (topic: string): ((passing: Passing) => boolean) => {
  return ({ from, api, request }) =>
    from === 'server' && api === API.produce && request?.includes(topic) === true;
};
/** An answer that carries records: larger than one that says that there are none. */
const fetched = ({ from, api, bytes }: Passing): boolean =>
  from === 'server' && api === API.fetch && bytes.length > 1_000;

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
