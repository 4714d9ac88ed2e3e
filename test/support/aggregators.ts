import { catalogOf } from './platform.ts';
import type { Definitions, TestPlatform } from './platform.ts';
import { createAggregator } from '../../services/aggregator/service.ts';
import type { Aggregator, AggregatorPorts } from '../../services/aggregator/service.ts';
import { openPorts } from '../../services/aggregator/wiring.ts';
import { createTelemetry } from '../../services/platform/telemetry.ts';

export type RunningAggregator = Aggregator & {
  readonly restarts: () => readonly string[];
  readonly publish: (definitions: Definitions) => void;
};

/** An aggregator on a platform, with faults between its ports and itself. */
export async function runAggregator(
  platform: TestPlatform,
  definitions: Definitions,
  faults: (ports: AggregatorPorts) => Partial<AggregatorPorts> = () => ({}),
): Promise<RunningAggregator> {
  const { ports, close } = await openPorts({ ...platform, telemetry: createTelemetry() });
  const restarts: string[] = [];
  const observer = {
    ...ports.observer,
    restarted: (what: string, reason: unknown) =>
      restarts.push(`${what}: ${(reason as Error).message}`),
  };
  const real = { ...ports, observer };
  const aggregator = createAggregator({ ...real, ...faults(real) });
  aggregator.apply(catalogOf(definitions));
  return {
    ...aggregator,
    restarts: () => restarts,
    publish: (next) => aggregator.apply(catalogOf(next)),
    async stop() {
      await aggregator.stop();
      await close();
    },
  };
}
