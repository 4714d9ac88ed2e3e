import { readFileSync } from 'node:fs';
import { redisScript } from '../../platform/redis-script.ts';

const source = (name: string): string =>
  readFileSync(new URL(`./lua/${name}.lua`, import.meta.url), 'utf8');

/** The steps of a projection as scripts; `integers.lua`, `damage.lua` and `finals.lua` are put before those that use them. */
export const SCRIPTS = {
  apply: redisScript(['integers', 'damage', 'finals', 'apply'].map(source).join('\n')),
  create: redisScript(source('create')),
  takeUp: redisScript(`${source('finals')}\n${source('take-up')}`),
  retire: redisScript(source('retire')),
  supersede: redisScript(source('supersede')),
  nominate: redisScript(source('nominate')),
  purge: redisScript(source('purge')),
  discard: redisScript(`${source('damage')}\n${source('discard')}`),
  sweep: redisScript(source('sweep')),
  noteLoss: redisScript(source('note-loss')),
  due: redisScript(source('due')),
  advance: redisScript(`${source('damage')}\n${source('advance')}`),
  readCells: redisScript(source('read-cells')),
  readWindows: redisScript(source('read-windows')),
  clearDirty: redisScript(source('clear-dirty')),
};
