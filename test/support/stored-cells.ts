import { mastersOf } from '../../services/platform/redis.ts';
import type { RedisClient } from '../../services/platform/redis.ts';
import type { OracleCell } from './oracle.ts';

type Ref = { readonly prefix: string; readonly metric: string; readonly version: string };

/** What Redis holds of a projection, read key by key with nothing of the aggregator's: to be held against the oracle. */
export async function storedCells(
  redis: RedisClient,
  ref: Ref,
): Promise<Record<string, OracleCell>> {
  const tag = `{${ref.prefix}${ref.metric}@${ref.version}}`;
  const series = await redis.hgetall(`${tag}:series`);
  const keyOf = new Map(Object.entries(series).map(([key, number]) => [number, key]));
  const cells: Record<string, OracleCell> = {};
  for (const key of await keysOf(redis, `${tag}:cells:*`)) {
    const [grain = '', start = ''] = key.slice(`${tag}:cells:`.length).split(':');
    const fields = await redis.hgetall(key);
    for (const number of Object.keys(fields).filter((name) => /^\d+$/.test(name))) {
      const seriesKey = keyOf.get(number) ?? '?';
      const { contributions, letter, value } = splitCell(fields[number] ?? '');
      const text = (name: string): string | undefined => (name === letter ? value : undefined);
      const members = `${tag}:members:${grain}:${start}:${seriesKey}`;
      const type = await redis.type(members);
      const distinct =
        type === 'set'
          ? await redis.scard(members)
          : type === 'string'
            ? await redis.pfcount(members)
            : undefined;
      const last = text('l')?.split('|')[3];
      cells[`${grain}|${start}|${seriesKey}`] = {
        contributions,
        ...(text('s') === undefined ? {} : { sum: BigInt(text('s') ?? 0) }),
        ...(text('a') === undefined ? {} : { min: BigInt(text('a') ?? 0) }),
        ...(text('z') === undefined ? {} : { max: BigInt(text('z') ?? 0) }),
        ...(last === undefined ? {} : { last: BigInt(last) }),
        ...(distinct === undefined ? {} : { distinct }),
        ...(text('q') === undefined ? {} : { sketch: text('q') ?? '' }),
      };
    }
  }
  return cells;
}

/** `12s3400`: contributions, and a value behind its letter. */
function splitCell(text: string) {
  const [, contributions, letter = '', value = ''] = /^(\d+)([a-z]?)(.*)$/s.exec(text) ?? [];
  return { contributions: Number(contributions), letter, value };
}

/** What corrupts a cell by hand. @param by what its contributions and its sum gain */
export async function spoilCell(
  redis: RedisClient,
  { key, number }: { readonly key: string; readonly number: string },
  by: { readonly contributions?: number; readonly sum?: number },
): Promise<void> {
  const { contributions, letter, value } = splitCell((await redis.hget(key, number)) ?? '');
  const spoilt = letter === 's' ? String(BigInt(value) + BigInt(by.sum ?? 0)) : value;
  await redis.hset(key, number, `${contributions + (by.contributions ?? 0)}${letter}${spoilt}`);
}

/** Next offset of every partition, by number. */
export async function storedCursors(redis: RedisClient, ref: Ref): Promise<Record<number, number>> {
  const meta = await redis.hgetall(`{${ref.prefix}${ref.metric}@${ref.version}}:meta`);
  const cursors = Object.entries(meta).filter(([field]) => field.startsWith('c:'));
  return Object.fromEntries(
    cursors.map(([field, next]) => [Number(field.slice(field.lastIndexOf('/') + 1)), Number(next)]),
  );
}

/** Outcomes that the projection's counters add up to, over its partitions. */
export async function storedOutcomes(
  redis: RedisClient,
  ref: Ref,
): Promise<Record<string, number>> {
  const meta = await redis.hgetall(`{${ref.prefix}${ref.metric}@${ref.version}}:meta`);
  const totals: Record<string, number> = {};
  for (const [field, value] of Object.entries(meta)) {
    if (!field.startsWith('n:')) continue;
    const outcome = field.slice(field.lastIndexOf(':') + 1);
    totals[outcome] = (totals[outcome] ?? 0) + Number(value);
  }
  return totals;
}

/** What FLUSHALL does, for one installation among several on the server. */
export async function loseRedis(redis: RedisClient, prefix: string): Promise<void> {
  const keys = await keysOf(redis, `{${prefix}*`);
  for (let from = 0; from < keys.length; from += 500)
    await redis.unlink(...keys.slice(from, from + 500));
}

/** In order; of all nodes where there are several. */
export async function keysOf(redis: RedisClient, pattern: string): Promise<string[]> {
  const found = await Promise.all(mastersOf(redis).map((node) => node.keys(pattern)));
  return found.flat().sort();
}
