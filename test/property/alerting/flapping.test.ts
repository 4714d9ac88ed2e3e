import fc from 'fast-check';
import { expect, test } from 'vitest';
import { aRule, bench, salesCatalog } from '../../support/alerting.ts';

const BREACH = 1_000;
const CLEAR = 1_100;
const HOURS = 40;

/** Hourly values around a threshold that fires below 1000 and clears from 1100 on. */
const values = fc.array(fc.integer({ min: 900, max: 1_200 }), {
  minLength: HOURS,
  maxLength: HOURS,
});
const inBand = fc.array(fc.integer({ min: BREACH, max: CLEAR - 1 }), { minLength: HOURS });

const told = (over: Parameters<typeof aRule>[0], hours: readonly number[]): readonly string[] => {
  const one = bench(salesCatalog({ rules: [aRule({ clear: `value >= ${CLEAR}`, ...over })] }));
  hours.forEach((value, hour) => one.hour(hour, value));
  return one.told();
};

/** How often somebody would say that it burns, or that it is over, who keeps his word until the other edge is reached. */
function changes(hours: readonly number[]): readonly string[] {
  const said: string[] = [];
  for (const value of hours) {
    const burns = said.at(-1) === 'firing';
    if (!burns && value < BREACH) said.push('firing');
    if (burns && value >= CLEAR) said.push('resolved');
  }
  return said;
}

// Fails without: within the band nothing begins and nothing ends
test('F-082 a value that flaps is told once for each way from one edge of the band to the other', () => {
  fc.assert(
    fc.property(values, (hours) => {
      expect(told({}, hours)).toEqual(changes(hours));
    }),
    { numRuns: 60 },
  );
});

test('F-082 what happens within the band is told never, on either side of a breach', () => {
  fc.assert(
    fc.property(inBand, inBand, (before, after) => {
      expect(told({}, [...before, 900, ...after])).toEqual(['firing']);
    }),
    { numRuns: 30 },
  );
});

// Fails without: as many breaches as the rule wants begin an episode
test('F-082 a rule that wants three breaches in a row is told of no shorter one', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(1, 2), { minLength: 1, maxLength: 12 }), (runs) => {
      const hours = runs.flatMap((length) => [...Array<number>(length).fill(900), CLEAR]);
      expect(told({ for: { breaches: 3, of: 3 } }, hours)).toEqual([]);
    }),
    { numRuns: 60 },
  );
});
