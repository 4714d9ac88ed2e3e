import { decodeEntities, mergeEntities, sumOfEntities } from '../../kernel/accumulator.ts';
import type { Entities } from '../../kernel/accumulator.ts';
import type { Integer } from '../../kernel/integer.ts';
import type { ProjectionKeys } from '../../kernel/projection.ts';
import type { RedisClient } from '../../platform/redis.ts';
import type { MembersRequest } from '../ports.ts';

/** Cells read at once: at most so many times `ENTITIES_MAX` are in memory, beside one group's union. */
const CELLS_AT_ONCE = 8;

/** Sums the newest values of all entities in the union of each group's cells, group by group. */
export function createEntityReader(client: RedisClient) {
  const union = async (keys: readonly string[]): Promise<Entities> => {
    let entities: Entities = new Map();
    for (let from = 0; from < keys.length; from += CELLS_AT_ONCE) {
      const some = keys.slice(from, from + CELLS_AT_ONCE);
      const cells = await Promise.all(some.map((key) => client.hgetall(key)));
      for (const cell of cells)
        entities = mergeEntities(entities, decodeEntities(Object.entries(cell)));
    }
    return entities;
  };

  return async (
    keys: ProjectionKeys,
    groups: readonly MembersRequest[],
  ): Promise<readonly Integer[]> => {
    const sums: Integer[] = [];
    for (const { grain, starts, seriesKey } of groups) {
      const names = starts.map((start) => keys.members(grain, start, seriesKey));
      sums.push(sumOfEntities(await union(names)));
    }
    return sums;
  };
}
