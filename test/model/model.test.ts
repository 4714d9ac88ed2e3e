import { describe, expect, test } from 'vitest';
import { explore } from './explore.ts';
import type { Exploration } from './explore.ts';
import { ALL_GUARDS } from './guards.ts';
import type { Guards } from './guards.ts';
import { pipeline } from './model.ts';
import {
  COPIES,
  LOSS,
  MOVED_START,
  PUBLICATION,
  PUBLICATION_THROUGH_FAULTS,
  RETENTION,
  REVISIONS,
  ROLLBACK,
  ZOMBIES,
} from './scenarios.ts';
import type { Scenario } from './world.ts';

const STATES_MAX = 1_000_000;
const SCENARIOS = [
  ZOMBIES,
  ROLLBACK,
  LOSS,
  COPIES,
  MOVED_START,
  RETENTION,
  PUBLICATION,
  PUBLICATION_THROUGH_FAULTS,
  REVISIONS,
];

const exploreWithout = (scenario: Scenario, missing: Partial<Guards>): Exploration =>
  explore(pipeline(scenario, { ...ALL_GUARDS, ...missing }), STATES_MAX);

describe('with all guards every invariant holds in every state', () => {
  test.each(SCENARIOS.map((scenario) => [scenario.name, scenario] as const))(
    '%s',
    (name, scenario) => {
      const { states, transitions, counterexample } = exploreWithout(scenario, {});
      console.log(`${name}: ${states} states, ${transitions} transitions`);
      expect(counterexample).toBeUndefined();
    },
  );
});

describe('it breaks without', () => {
  const breaks = (scenario: Scenario, missing: Partial<Guards>, broken: RegExp): void => {
    const { states, counterexample } = exploreWithout(scenario, missing);
    console.log(
      [
        `found after ${states} states: ${counterexample?.broken}`,
        ...(counterexample?.trace ?? []),
      ].join('\n  '),
    );
    expect(counterexample?.broken).toMatch(broken);
  };

  test('the compare-and-set', () =>
    breaks(ZOMBIES, { compareAndSet: false }, /contributions are .*2 ×/));
  test('its being over all partitions', () =>
    breaks(ZOMBIES, { allCursors: false }, /contributions are .*2 ×/));
  test('equality, against "not before"', () =>
    breaks(ROLLBACK, { equality: false }, /contributions are h .* by the log d \+ e \+ h/));
  test('the watermark kept with the cursor', () =>
    breaks(
      ZOMBIES,
      { storedWatermark: false },
      /contributions are a \+ b \+ c \+ .* by the log a \+ b \+ d/,
    ));
  test('lateness by the own partition', () =>
    breaks(
      ZOMBIES,
      { ownPartitionLateness: false },
      /contributions are a \+ b \+ c \+ .* by the log a \+ b \+ d/,
    ));
  test('the conditional clearing of marks', () =>
    breaks(
      PUBLICATION,
      { conditionalClearing: false },
      /is not marked, and consumers do not have/,
    ));
  test('ranking by contributions, against revisions', () =>
    breaks(
      REVISIONS,
      { rankByContributions: false },
      /in the end consumers have a \+ c in cell 0, and the log a \+ c \+ f/,
    ));
  test('the index read from one horizon before the cursor', () =>
    breaks(COPIES, { indexFromHorizon: false }, /is event to this worker, and duplicate to one/));
  test('identity by source and id, against the id alone', () =>
    breaks(COPIES, { identity: 'id' }, /is conflict to this worker, and event to one/));
  test('identity by source and id, against the place in the log', () =>
    breaks(COPIES, { identity: 'place' }, /is event to this worker, and duplicate to one/));
  test('the generation, when the start of the log moved between loss and rebuild', () =>
    breaks(MOVED_START, { generation: false }, /contributions are none, and by the log a/));
  test('judges that forget what retention took before it was counted', () =>
    breaks(
      RETENTION,
      { judgeOfWhatIsLeft: false },
      /^a at 0\/3 is duplicate to this worker, and event to one/,
    ));
  test('finality after lateness, against finality at the end of the window', () =>
    breaks(REVISIONS, { finalAfterLateness: false }, /^the final cell 0 is changed by f$/));
  test('judges that forget what retention took before a rebuild', () =>
    breaks(MOVED_START, { judgeOfOwnLog: false }, /is duplicate to this worker, and event to one/));
});
