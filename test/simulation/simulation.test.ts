import { describe, expect, test } from 'vitest';
import { attempt, campaign, describeFailure, unseen } from './campaign.ts';
import type { FaultKind } from './faults.ts';
import { KINDS_THEN, REGRESSIONS } from './regressions.ts';
import { run } from './run.ts';

const { CAMPAIGN_MINUTES, CAMPAIGN_SEED, SIMULATION_SEED, SIMULATION_FAULTS, SIMULATION_STEPS } =
  process.env;
const MINUTE_MS = 60_000;
const SEEDS = 1_000;
/** One run in two hundred takes the rarest branch: so many miss it once in 10^21 campaigns. */
const SEEDS_TO_SEE_ALL = 10_000;
const SEED_MAX = 1_000_000_000;
const minutes = Number(CAMPAIGN_MINUTES ?? 0);
const isOne = SIMULATION_SEED !== undefined;

/** Another one each time, so that every run of the tests tries worlds that none tried before. */
const baseSeed =
  CAMPAIGN_SEED === undefined ? Math.floor(Math.random() * SEED_MAX) : Number(CAMPAIGN_SEED);
function* seedsFrom(first: number): Generator<number> {
  for (let seed = first; ; seed++) yield seed;
}

describe(
  'the whole pipeline in simulated time',
  { timeout: Math.max(10, 2 * minutes) * MINUTE_MS },
  () => {
    test('the same seed makes the same run', async () => {
      const told = async (): Promise<readonly string[]> => {
        const lines: string[] = [];
        const { steps, broken } = await run({ seed: 182, say: (line) => lines.push(line) });
        return [...lines, ...broken, `${steps} steps`];
      };
      expect(await told()).toEqual(await told());
    });

    test.each(REGRESSIONS.map(({ seed, found }) => [seed, found] as const))(
      'seed %i: %s',
      async (seed) => {
        expect((await attempt({ seed, only: KINDS_THEN })).broken).toEqual([]);
      },
    );

    test(isOne ? `seed ${SIMULATION_SEED}` : 'a campaign of random seeds', async () => {
      if (isOne) return expect(await one()).toEqual([]);
      const endMs = performance.now() + minutes * MINUTE_MS;
      const began = performance.now();
      const done = await campaign(seedsFrom(baseSeed), (soFar) => {
        if (minutes > 0) return performance.now() > endMs;
        const isAllSeen = unseen(soFar).length === 0;
        return soFar.runs >= (isAllSeen ? SEEDS : SEEDS_TO_SEE_ALL);
      });
      const perMinute = Math.round(done.runs / ((performance.now() - began) / MINUTE_MS));
      console.log(`simulation: ${done.runs} seeds from ${baseSeed}, ${perMinute} a minute`);
      console.log(
        [...done.seen]
          .map(([branch, runs]) => `  ${runs}: ${branch}`)
          .sort()
          .join('\n'),
      );
      expect(done.failures.map(describeFailure).join('\n')).toBe('');
      expect(unseen(done), `branches that no run took, from seed ${baseSeed}`).toEqual([]);
    });
  },
);

async function one(): Promise<readonly string[]> {
  const kinds = SIMULATION_FAULTS?.split(',').filter((kind) => kind !== '') as FaultKind[];
  const { broken } = await attempt({
    seed: Number(SIMULATION_SEED),
    ...(SIMULATION_FAULTS === undefined ? {} : { only: new Set(kinds) }),
    ...(SIMULATION_STEPS === undefined ? {} : { steps: Number(SIMULATION_STEPS) }),
    say: console.log,
  });
  return broken;
}
