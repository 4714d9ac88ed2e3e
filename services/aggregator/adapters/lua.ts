import { readFileSync } from 'node:fs';
import { redisScript } from '../../platform/redis-script.ts';

const source = (name: string): string =>
  readFileSync(new URL(`./lua/${name}.lua`, import.meta.url), 'utf8');

/** The steps of a projection as scripts; `integers.lua` is put before the one that does arithmetic. */
export const SCRIPTS = {
  apply: redisScript(`${source('integers')}\n${source('apply')}`),
  create: redisScript(source('create')),
  advance: redisScript(source('advance')),
  readDirty: redisScript(source('read-dirty')),
  clearDirty: redisScript(source('clear-dirty')),
};
