import { execFileSync } from 'node:child_process';
import { constants, getPriority } from 'node:os';
import { expect, test } from 'vitest';

const module = new URL('../../../services/cli/priority.ts', import.meta.url).href;
const { PRIORITY_BELOW_NORMAL, PRIORITY_LOW } = constants.priority;

/** What the system says of a process that runs these services. @param at what it begins with, where that is not ours */
const priorityOf = (services: readonly string[], at?: number): number => {
  const script = `import { getPriority, setPriority } from 'node:os';
    import { giveWay } from ${JSON.stringify(module)};
    ${at === undefined ? '' : `setPriority(${at});`}
    giveWay(${JSON.stringify(services)});
    console.log(getPriority());`;
  return Number(execFileSync(process.execPath, ['--input-type=module', '--eval', script]));
};

test('a process of the console alone lets the others of its machine go first', () => {
  expect(priorityOf(['console'])).toBe(Math.max(getPriority(), PRIORITY_BELOW_NORMAL));
});

test('whoever was started to give way still more is left so', () => {
  expect(priorityOf(['console'], PRIORITY_LOW)).toBe(PRIORITY_LOW);
});

test.each([[['aggregator']], [['ingest', 'aggregator', 'alerting', 'console']], [[]]])(
  'a process of %j goes as any other',
  (services) => {
    expect(priorityOf(services)).toBe(getPriority());
  },
);
