import type { ProjectionKeys } from '../../kernel/projection.ts';
import type { RedisClient } from '../../platform/redis.ts';
import { redisScript } from '../../platform/redis-script.ts';
import type { MemberCount, MembersRequest } from '../ports.ts';

/** Members of all sets of a union up to which it is counted exactly; a HyperLogLog above (contract section 4). */
const EXACT_UNION_MAX = 100_000;
const KEYS_PER_CALL = 500;
const SCRATCH_TTL_S = 60;

/** Per key: members of a set; of a HyperLogLog the estimate with `~` before it. */
const KINDS = redisScript(`
local out = {}
for i, key in ipairs(KEYS) do
  local kind = redis.call('TYPE', key).ok
  if kind == 'set' then out[i] = tostring(redis.call('SCARD', key))
  elseif kind == 'string' then out[i] = '~' .. tostring(redis.call('PFCOUNT', key))
  else out[i] = '0' end
end
return out`);

/** Adds a set's members to a HyperLogLog that goes by itself. KEYS: scratch, set. ARGV: seconds to live */
const ABSORB = redisScript(`
local members = redis.call('SMEMBERS', KEYS[2])
for i = 1, #members, 1000 do
  redis.call('PFADD', KEYS[1], unpack(members, i, math.min(i + 999, #members)))
end
redis.call('EXPIRE', KEYS[1], ARGV[1])
return 1`);

type Kind = { readonly key: string; readonly members: number; readonly isEstimate: boolean };

/**
 * Counts the members of unions of cells within one slot. A union of exact cells is exact up to 100,000 members; above,
 * or where a cell is an estimate itself, it is an estimate. Scratch keys of estimates live for a minute at most.
 * @param newId unique, so that two counts share no scratch key
 */
export function createMemberCounter(client: RedisClient, newId: () => string) {
  const kindsOf = async (names: readonly string[]): Promise<Kind[]> => {
    const kinds: Kind[] = [];
    for (let from = 0; from < names.length; from += KEYS_PER_CALL) {
      const batch = names.slice(from, from + KEYS_PER_CALL);
      const replies = (await KINDS(client, batch, [])) as string[];
      for (const [i, reply] of replies.entries())
        kinds.push({
          key: batch[i] as string,
          members: Number(reply.replace('~', '')),
          isEstimate: reply.startsWith('~'),
        });
    }
    return kinds;
  };

  const union = async (scratch: string, kinds: readonly Kind[]): Promise<MemberCount> => {
    const present = kinds.filter(({ members }) => members > 0);
    const [first] = present;
    if (!first) return { distinct: 0, approximate: false };
    if (present.length === 1) return { distinct: first.members, approximate: first.isEstimate };
    const sets = present.filter(({ isEstimate }) => !isEstimate);
    const total = sets.reduce((sum, { members }) => sum + members, 0);
    if (sets.length === present.length && total <= EXACT_UNION_MAX) {
      const names = sets.map(({ key }) => key);
      const replies = await client
        .multi()
        .sunionstore(scratch, ...names)
        .del(scratch)
        .exec();
      const [error, distinct] = replies?.[0] ?? [new Error('the transaction was dropped')];
      if (error) throw error;
      return { distinct: Number(distinct), approximate: false };
    }
    for (const { key } of sets) await ABSORB(client, [scratch, key], [SCRATCH_TTL_S]);
    const estimates = present.filter(({ isEstimate }) => isEstimate).map(({ key }) => key);
    const distinct = await client.pfcount(scratch, ...estimates);
    await client.unlink(scratch);
    return { distinct, approximate: true };
  };

  return async (
    keys: ProjectionKeys,
    groups: readonly MembersRequest[],
  ): Promise<readonly MemberCount[]> => {
    const names = groups.map(({ grain, starts, seriesKey }) =>
      starts.map((start) => keys.members(grain, start, seriesKey)),
    );
    const kinds = await kindsOf(names.flat());
    let at = 0;
    return Promise.all(
      names.map(({ length }) => {
        const own = kinds.slice(at, at + length);
        at += length;
        return union(keys.scratch(newId()), own);
      }),
    );
  };
}
