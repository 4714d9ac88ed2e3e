import { start as startAggregator } from '../aggregator/main.ts';
import { start as startAlerting } from '../alerting/main.ts';
import { start as startConsole } from '../console/main.ts';
import { start as startIngest } from '../ingest/main.ts';
import type { Platform, RunningService, StartService } from '../platform/platform.ts';
import type { Lifecycle } from './lifecycle.ts';

export type ServiceName = RunningService['name'];

const START: Readonly<Record<ServiceName, StartService>> = {
  ingest: startIngest,
  aggregator: startAggregator,
  alerting: startAlerting,
  console: startConsole,
};

export const SERVICE_NAMES = Object.keys(START) as ServiceName[];

/** Each service has its own port under `serve`; `dev` runs them all on one. */
export const SERVICE_PORTS: Readonly<Record<ServiceName, number>> = {
  ingest: 7401,
  aggregator: 7402,
  alerting: 7403,
  console: 7404,
};

/**
 * Starts services at once on one platform. They stop together: each works off what it has taken, none needs another.
 * @throws what the first failing one throws; those that run are stopped by the lifecycle
 */
export async function startServices(options: {
  readonly names: readonly ServiceName[];
  readonly platform: Platform;
  readonly lifecycle: Lifecycle;
}): Promise<readonly RunningService[]> {
  const outcomes = await Promise.allSettled(
    options.names.map((name) => START[name](options.platform)),
  );
  const running = outcomes.flatMap((outcome) =>
    outcome.status === 'fulfilled' ? [outcome.value] : [],
  );
  options.lifecycle.onCloseTogether(
    running.map((service) => ({ what: service.name, close: service.stop })),
  );
  for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
  return running;
}
