import type { Logger } from '../../platform/logger.ts';
import type { Telemetry } from '../../platform/telemetry.ts';
import type { SampleObserver } from '../ports.ts';

/** What the scheduled verification finds, as series and log lines. */
export function sampleTelemetry(world: {
  readonly telemetry: Telemetry;
  readonly logger: Logger;
  readonly now: () => number;
}): SampleObserver {
  const { telemetry, logger, now } = world;
  const cells = telemetry.counter(
    'verify_cells_total',
    'Stored cells that the scheduled verification held against the log.',
    ['metric'],
  );
  const differing = telemetry.gauge(
    'verify_differing_cells',
    'Stored cells that were found to differ from the log, until they are found right.',
    ['metric'],
  );
  const verified = telemetry.gauge(
    'verify_timestamp_seconds',
    'When a window of the metric was last held against the log.',
    ['metric'],
  );
  const skips = telemetry.counter(
    'verify_skipped_total',
    'Scheduled verifications that could not be done, by error code.',
    ['code'],
  );
  return {
    sampled(metric, found) {
      cells.inc({ metric }, found.checked);
      differing.set({ metric }, found.differing);
      verified.set({ metric }, now() / 1000);
    },
    differs(metric, what) {
      logger.error({ metric, what }, 'a stored cell differs from the log');
    },
    skipped(code, error) {
      skips.inc({ code });
      logger.debug({ code, reason: (error as Error).message }, 'a window was not verified');
    },
    forget(metric) {
      for (const gauge of [differing, verified]) gauge.remove({ metric });
    },
  };
}
