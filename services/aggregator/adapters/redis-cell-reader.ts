import { projectionKeys } from '../../kernel/projection.ts';
import type { ProjectionKeys } from '../../kernel/projection.ts';
import { isCellField } from '../../kernel/stored-cell.ts';
import type { RedisClient } from '../../platform/redis.ts';
import type { WindowPlace } from '../core/recount.ts';
import type { ComparedCell } from '../core/verification.ts';
import type { CellReader, ProjectionRef, WindowsView } from '../ports.ts';
import { guarded } from './guarded.ts';
import { SCRIPTS } from './lua.ts';
import { accumulatorsOf, fromPairs, generationOf, partitionsOf } from './view-reply.ts';

/** Fields that one view reads at most, beside its first window: Redis is held for some ten milliseconds. */
const FIELDS_MAX = 10_000;
/** Cells with members or entities are so many times fewer: how many there are is not known beforehand. */
const MEMBERS_WEIGHT = 10;
const WINDOWS_AT_ONCE = 500;
const MEMBERS_AT_ONCE = 5_000;
/** A view is read again when a series came, or a new generation began, between its steps. */
const VIEW_ATTEMPTS_MAX = 10;

type Reply = [
  meta: readonly string[],
  watermarks: readonly string[],
  windows: readonly string[][],
  members: readonly (string | readonly string[])[],
];
type Names = { readonly generation: string | null; readonly keys: ReadonlyMap<string, string> };

/** Reads projections in Redis as `kernel/projection.ts` lays them out. @param newId unique, so that no two share a scratch key */
export function redisCellReader(
  client: RedisClient,
  prefix: string,
  newId: () => string,
): CellReader {
  const keysOf = (ref: ProjectionRef): ProjectionKeys =>
    projectionKeys(prefix, ref.metric, ref.version);

  const replies = async <T>(queue: { exec: () => Promise<unknown> }): Promise<T[]> => {
    const answers = ((await queue.exec()) ?? []) as [Error | null, T][];
    return answers.map(([error, value]) => {
      if (error) throw error;
      return value;
    });
  };

  /** How many of the windows one view takes, and the numbers of the series in them. */
  const fitting = async (
    keys: ProjectionKeys,
    windows: readonly WindowPlace[],
    fieldsMax: number,
  ) => {
    const numbers: string[][] = [];
    let fields = 0;
    while (numbers.length < windows.length) {
      const pipeline = client.pipeline();
      const some = windows.slice(numbers.length, numbers.length + WINDOWS_AT_ONCE);
      for (const { grain, startMs } of some) pipeline.hkeys(keys.cells(grain, startMs));
      for (const names of await replies<string[]>(pipeline)) {
        fields += names.length;
        if (fields > fieldsMax && numbers.length > 0) return numbers;
        numbers.push(names.filter(isCellField));
      }
    }
    return numbers;
  };

  const namesOf = async (keys: ProjectionKeys): Promise<Names> => {
    const transaction = client.multi().hget(keys.meta, 'gen').hgetall(keys.series);
    const [generation, series] = await replies<string | null | Record<string, string>>(transaction);
    const entries = Object.entries((series ?? {}) as Record<string, string>);
    return {
      generation: (generation ?? null) as string | null,
      keys: new Map(entries.map(([key, number]) => [number, key])),
    };
  };

  /** @returns undefined where it must be read again */
  const view = async (
    keys: ProjectionKeys,
    windows: readonly WindowPlace[],
    hasMembers: boolean,
  ): Promise<WindowsView | 'none' | undefined> => {
    const fieldsMax = hasMembers ? FIELDS_MAX / MEMBERS_WEIGHT : FIELDS_MAX;
    const numbers = await fitting(keys, windows, fieldsMax);
    const before = await namesOf(keys);
    const taken = windows.slice(0, numbers.length);
    const sets = new Map<string, number>();
    const names: string[] = [];
    if (hasMembers)
      for (const [w, { grain, startMs }] of taken.entries())
        for (const number of numbers[w] as string[]) {
          sets.set(`${w}|${number}`, names.length);
          names.push(keys.members(grain, startMs, before.keys.get(number) ?? ''));
        }
    const cellKeys = taken.map(({ grain, startMs }) => keys.cells(grain, startMs));
    const reply = (await SCRIPTS.readWindows(
      client,
      [keys.meta, keys.watermarks, ...cellKeys, ...names],
      [taken.length],
    )) as Reply;
    const [meta, watermarks, hashes, members] = reply;
    const generation = generationOf([meta]);
    const after = await namesOf(keys);
    if (generation === undefined && after.generation === null) return 'none';
    if (generation === undefined || generation !== after.generation) return undefined;
    const cells: ComparedCell[] = [];
    for (const [w, place] of taken.entries()) {
      const fields = fromPairs(hashes[w] as string[]);
      for (const number of Object.keys(fields).filter(isCellField)) {
        const set = sets.get(`${w}|${number}`);
        if (hasMembers && set === undefined) return undefined;
        const found = set === undefined ? '' : members[set];
        const key = after.keys.get(number) ?? `?${number}`;
        cells.push({ ...place, key, ...contentOf(fields, number, found) });
      }
    }
    return {
      generation,
      partitions: partitionsOf([meta, watermarks]),
      series: new Set(after.keys.values()),
      cells,
      taken: taken.length,
    };
  };

  const steps: CellReader = {
    async readWindows(ref, { windows, hasMembers }) {
      const keys = keysOf(ref);
      for (let attempt = 1; attempt <= VIEW_ATTEMPTS_MAX; attempt++) {
        const found = await view(keys, windows, hasMembers);
        if (found === 'none') return undefined;
        if (found) return found;
      }
      throw new Error('series or generations of a projection follow each other too fast');
    },
    async someWindows(ref, count) {
      const found = (await client.zrandmember(keysOf(ref).due, count)) as string[];
      return found.map((member) => {
        const [grain, start] = member.split('|');
        return { grain: grain as WindowPlace['grain'], startMs: Number(start) };
      });
    },
    async estimate(ref, members) {
      const scratch = keysOf(ref).scratch(newId());
      for (let from = 0; from < members.length; from += MEMBERS_AT_ONCE) {
        await client.pfadd(scratch, ...members.slice(from, from + MEMBERS_AT_ONCE));
        await client.expire(scratch, SCRATCH_TTL_S);
      }
      const count = await client.pfcount(scratch);
      await client.unlink(scratch);
      return count;
    },
  };
  return {
    readWindows: guarded('readWindows', steps.readWindows),
    someWindows: guarded('someWindows', steps.someWindows),
    estimate: guarded('estimate', steps.estimate),
  };
}

const SCRATCH_TTL_S = 60;

const contentOf = (
  fields: Readonly<Record<string, string>>,
  number: string,
  members: string | readonly string[] | undefined,
): Pick<ComparedCell, 'accumulators' | 'historical'> => ({
  accumulators: accumulatorsOf(
    fields[number] ?? '',
    typeof members === 'object' ? { entities: members } : { distinct: members },
  ),
  historical: Number(fields[`${number}.h`] ?? 0),
});
