import { defineConfig } from 'vitest/config';

/** One project per tier. Those that need Kafka, the registry and Redis share one set of real servers. */
const tier = (name: string, options: { needsServers: boolean; timeoutMs: number }) => ({
  test: {
    name,
    include: [`test/${name}/**/*.test.ts`],
    testTimeout: options.timeoutMs,
    hookTimeout: options.timeoutMs,
    ...(options.needsServers
      ? { globalSetup: ['test/support/global-setup.ts'], fileParallelism: false }
      : {}),
  },
});

export default defineConfig({
  test: {
    projects: [
      tier('unit', { needsServers: false, timeoutMs: 10_000 }),
      tier('property', { needsServers: false, timeoutMs: 60_000 }),
      tier('contract', { needsServers: true, timeoutMs: 60_000 }),
      tier('integration', { needsServers: true, timeoutMs: 120_000 }),
      tier('e2e', { needsServers: false, timeoutMs: 240_000 }),
    ],
  },
});
