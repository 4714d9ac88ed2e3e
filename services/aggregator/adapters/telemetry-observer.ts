import { eventTypeOf } from '../../kernel/topics.ts';
import { LATENCY_BUCKETS } from '../../platform/telemetry.ts';
import type { Telemetry } from '../../platform/telemetry.ts';
import type { Logger } from '../../platform/logger.ts';
import type { AggregatorObserver } from '../ports.ts';

/** What the aggregator does, as series and log lines. Types and metrics are those of the catalogue: labels stay bounded. */
export function telemetryObserver(world: {
  readonly telemetry: Telemetry;
  readonly logger: Logger;
  readonly prefix: string;
  readonly now: () => number;
}): AggregatorObserver {
  const { telemetry, logger, prefix, now } = world;
  const events = telemetry.counter(
    'events_total',
    'Event records whose effect is visible, by outcome; read again after a loss they count again.',
    ['event_type', 'outcome'],
  );
  const toValue = telemetry.histogram(
    'event_to_value_seconds',
    'From the accept time of an event at ingest until its effect is visible in Redis; a sample of each flush.',
    { buckets: LATENCY_BUCKETS },
  );
  const lag = telemetry.gauge(
    'consumer_lag_records',
    'Records between the smallest cursor of an event type and the end of its log, over partitions.',
    ['event_type'],
  );
  const watermark = telemetry.gauge(
    'watermark_timestamp_seconds',
    'Watermark of a metric: the smallest over its source partitions.',
    ['metric'],
  );
  const fill = {
    done: telemetry.gauge(
      'projection_records_done',
      'Records of the log that a metric has counted, in the partitions of this process.',
      ['metric'],
    ),
    total: telemetry.gauge(
      'projection_records_expected',
      'Records of the log that a metric has to count, in the partitions of this process.',
      ['metric'],
    ),
    secondsLeft: telemetry.gauge(
      'projection_seconds_left',
      "Estimate until a metric has counted the whole log, at the last minute's pace; absent while there is none.",
      ['metric'],
    ),
  };
  const flushCells = telemetry.histogram(
    'flush_cells',
    'Cells that one compare-and-set step carried.',
    { buckets: [1, 10, 100, 1_000, 10_000] },
  );
  const restarts = telemetry.counter(
    'projection_restarts_total',
    'Times that what was gathered was dropped and the log read again from the stored cursor, or that this failed.',
    [],
  );
  const label = (topic: string): { event_type: string } => ({
    event_type: eventTypeOf(prefix, topic) ?? topic,
  });

  return {
    visible(tallies, ingestedAt) {
      for (const { topic, outcome, events: count } of tallies)
        events.inc({ ...label(topic), outcome }, count);
      const nowMs = now();
      for (const acceptedMs of ingestedAt) toValue.observe(Math.max(0, nowMs - acceptedMs) / 1000);
    },
    flushed(_plan, request) {
      flushCells.observe(request.windows.reduce((sum, { cells }) => sum + cells.length, 0));
    },
    restarted(what, reason) {
      restarts.inc();
      logger.warn({ what, reason: (reason as Error).message }, 'reads again from stored cursors');
    },
    halted(what, error) {
      logger.error({ what, err: error }, 'cannot go on without a person');
    },
    lag: (topic, records) => lag.set(label(topic), records),
    watermark: (metric, watermarkMs) => watermark.set({ metric }, watermarkMs / 1000),
    progress(metric, { done, total, secondsLeft }) {
      fill.done.set({ metric }, done);
      fill.total.set({ metric }, total);
      if (secondsLeft === null) fill.secondsLeft.remove({ metric });
      else fill.secondsLeft.set({ metric }, secondsLeft);
    },
    forget(metric) {
      for (const gauge of Object.values(fill)) gauge.remove({ metric });
      watermark.remove({ metric });
    },
    publishFailed(metric, error) {
      logger.warn({ metric, reason: (error as Error).message }, 'an update was not published yet');
    },
  };
}
