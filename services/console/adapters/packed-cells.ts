import { AMENDED } from '../../kernel/projection.ts';
import type { RedisClient } from '../../platform/redis.ts';
import { redisScript } from '../../platform/redis-script.ts';
import type { RedisScript } from '../../platform/redis-script.ts';

/** Most fields of one HMGET within a script, for Lua passes so many arguments, and about as many are joined at once. */
const FIELDS_PER_CALL = 4_000;
/** Stands between fields of a window; no field holds one. */
export const SEPARATOR = '\n';

/**
 * The wanted fields of all windows as one text: a reply of one text is parsed many times faster than one of a hundred
 * thousand, and the names of the fields are sent once. A window that is not stored is one empty field.
 * KEYS: meta, watermarks, windows. ARGV: how many names of fields follow, these, the first one there in every window, then
 * those of fields that amended windows alone have.
 * @param also what the script replies before the text
 */
const reading = (also: string): RedisScript =>
  redisScript(`
local keys, fields, call, concat = KEYS, ARGV, redis.call, table.concat
local plain, all, size = tonumber(fields[1]) + 1, #fields, ${FIELDS_PER_CALL}
-- Many windows are joined at once, from one list that is used again: no text is made of each, and no list of all.
local out, row, n = {}, {}, 0
for k = 3, #keys do
  local from, last = 2, plain
  while from <= last do
    local values = call('HMGET', keys[k], unpack(fields, from, math.min(from + size - 1, last)))
    if from == 2 and not values[1] then
      n = n + 1
      row[n] = ''
      break
    end
    if from == 2 and tonumber(values[1]) >= ${AMENDED} then last = all end
    from = from + #values
    for i = 1, #values do row[n + i] = values[i] or '' end
    n = n + #values
    if n >= size then
      out[#out + 1] = concat(row, '\\n', 1, n)
      n = 0
    end
  end
end
if n > 0 then out[#out + 1] = concat(row, '\\n', 1, n) end
return { ${also}, concat(out, '\\n') }`);

const READ = {
  head: reading(`call('HGETALL', keys[1]), call('HGETALL', keys[2])`),
  generation: reading(`{ 'gen', call('HGET', keys[1], 'gen') or nil }, {}`),
} as const;

export type PackedCells = {
  readonly meta: Readonly<Record<string, string>>;
  readonly watermarks: Readonly<Record<string, string>>;
  /** The fields of all windows with `SEPARATOR` between, each '' where it is not there; one '' for a window that is not stored. */
  readonly text: string;
};

/**
 * One atomic view of a projection and some of its windows.
 * @param fields `stage`, and those of any window   @param amended those of amended windows alone, which come behind the others
 * @param what the whole head, or `gen` alone
 */
export async function readPackedCells(
  client: RedisClient,
  {
    keys,
    fields,
    amended,
    what,
  }: {
    readonly keys: {
      readonly meta: string;
      readonly watermarks: string;
      readonly windows: readonly string[];
    };
    readonly fields: readonly string[];
    readonly amended: readonly string[];
    readonly what: keyof typeof READ;
  },
): Promise<PackedCells> {
  const all = [keys.meta, keys.watermarks, ...keys.windows];
  const [meta, watermarks, text] = (await READ[what](client, all, [
    fields.length,
    ...fields,
    ...amended,
  ])) as [string[], string[], string];
  return {
    meta: recordOf(meta),
    watermarks: recordOf(watermarks),
    text,
  };
}

/** @param flat name, value, name, value */
function recordOf(flat: readonly string[]): Readonly<Record<string, string>> {
  const record: Record<string, string> = {};
  for (let i = 0; i + 1 < flat.length; i += 2) record[flat[i] as string] = flat[i + 1] as string;
  return record;
}
