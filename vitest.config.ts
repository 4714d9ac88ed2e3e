import { defineConfig } from 'vitest/config';

/**
 * Tiers in the order in which they run: what is quick and tells most comes first, and none disturbs another's timing.
 * Limits are what a machine four times slower keeps with ease: they end a test that hangs, and judge no speed.
 * Stages count from 1: vitest runs files of stage 0 last where a machine has one core to spare.
 */
const TIERS = [
  { name: 'unit', timeoutMs: 60_000, stage: 1, needsServers: false },
  { name: 'property', timeoutMs: 120_000, stage: 1, needsServers: false },
  { name: 'model', timeoutMs: 120_000, stage: 2, needsServers: false },
  { name: 'simulation', timeoutMs: 240_000, stage: 2, needsServers: false },
  { name: 'contract', timeoutMs: 120_000, stage: 3, needsServers: true },
  { name: 'integration', timeoutMs: 240_000, stage: 4, needsServers: true },
  { name: 'e2e', timeoutMs: 240_000, stage: 5, needsServers: false },
  { name: 'chaos', timeoutMs: 480_000, stage: 6, needsServers: true },
] as const;

/**
 * Files at a time. Whole installations, and tests that kill processes: one, else their time-outs measure each other.
 * Files of the integration tier wait more than they count, and share the servers, not their data: two.
 */
const WORKERS: Readonly<Record<string, number | string>> = {
  unit: '100%',
  property: '100%',
  integration: 2,
};

export default defineConfig({
  test: {
    /** One project per tier. Those that need Kafka, the registry and Redis share one set of real servers. */
    projects: TIERS.map(({ name, timeoutMs, stage, needsServers }) => ({
      test: {
        name,
        include: [`test/${name}/**/*.test.ts`],
        testTimeout: timeoutMs,
        // What is waited for comes soon; one second would be a statement about the machine.
        expect: { poll: { timeout: 30_000 } },
        hookTimeout: timeoutMs,
        sequence: { groupOrder: stage },
        maxWorkers: WORKERS[name] ?? 1,
        ...(needsServers ? { globalSetup: ['test/support/global-setup.ts'] } : {}),
      },
    })),
  },
});
