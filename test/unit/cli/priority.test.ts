import { execFileSync } from 'node:child_process';
import { constants } from 'node:os';
import { expect, test } from 'vitest';

const module = new URL('../../../services/cli/priority.ts', import.meta.url).href;
const { PRIORITY_BELOW_NORMAL, PRIORITY_NORMAL } = constants.priority;

/** What the system says of a process that runs these services. */
const priorityOf = (services: readonly string[]): number => {
  const script = `import { getPriority } from 'node:os';
    import { giveWay } from ${JSON.stringify(module)};
    giveWay(${JSON.stringify(services)});
    console.log(getPriority());`;
  return Number(execFileSync(process.execPath, ['--input-type=module', '--eval', script]));
};

test('a process of the console alone lets the others of its machine go first', () => {
  expect(priorityOf(['console'])).toBe(PRIORITY_BELOW_NORMAL);
});

test.each([[['aggregator']], [['ingest', 'aggregator', 'alerting', 'console']], [[]]])(
  'a process of %j goes as any other',
  (services) => {
    expect(priorityOf(services)).toBe(PRIORITY_NORMAL);
  },
);
