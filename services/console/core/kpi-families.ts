import type { MetricDefinition } from '../../kernel/definitions.ts';
import type { Point, Series } from './answers.ts';
import { dimensionLabels } from './exposition.ts';
import type { Family, Sample } from './exposition.ts';
import type { QualityAnswer } from './quality.ts';

/** Values of one metric in one window, over all its breakdowns. */
export type KpiWindow = {
  /** `hour`: the hour that holds now, provisional. `last-hour`: the newest one that the watermark has passed. Also of other windows that have targets, such as `month`. */
  readonly window: string;
  readonly startMs: number;
  readonly series: readonly Series[];
};
export type KpiReading = {
  readonly metric: MetricDefinition;
  readonly watermarkMs: number;
  readonly windows: readonly KpiWindow[];
  /** Series were left out, since there are too many or they are made of too many cells. */
  readonly isCut: boolean;
  /** Its values rest on what people entered. */
  readonly isManual: boolean;
  readonly quality: readonly QualityAnswer[];
};

const seconds = (timeMs: number): string => String(timeMs / 1_000);

/** Business values as gauges. What has no value (empty, rebuilding, past retention) has no sample: absent, not 0. */
export function kpiFamilies(readings: readonly KpiReading[]): readonly Family[] {
  const perWindow = (of: (reading: KpiReading, window: KpiWindow) => Sample[]): Sample[] =>
    readings.flatMap((reading) => reading.windows.flatMap((window) => of(reading, window)));
  const labelsOf = ({ metric }: KpiReading, { window }: KpiWindow) => ({
    metric: metric.id,
    window,
  });
  const perPoint = (of: (point: Point) => string | null | undefined): Sample[] =>
    perWindow((reading, window) =>
      window.series.flatMap(({ labels, points: [point] }) => {
        const value = point && of(point);
        if (value == null) return [];
        return [{ labels: { ...labelsOf(reading, window), ...dimensionLabels(labels) }, value }];
      }),
    );
  return [
    {
      name: 'tidemark_metric_info',
      help: 'A published metric: its version, unit, name, owner and domain, and whether its values rest on what people entered.',
      samples: readings.map(({ metric, isManual }) => ({
        labels: {
          metric: metric.id,
          version: metric.version,
          unit: metric.unit.code,
          name: metric.name.en,
          owner: metric.owner,
          domain: metric.domain ?? '',
          manual: String(isManual),
        },
        value: '1',
      })),
    },
    {
      name: 'tidemark_metric_value',
      help: 'Value of a metric at its unit, by window and dimensions. window="hour" holds now and is provisional; window="last-hour" is the newest that the watermark has passed.',
      samples: perPoint(({ value }) => value),
    },
    {
      name: 'tidemark_metric_target',
      help: 'What the window is to reach, at the unit of the metric. Absent where no target is for it.',
      samples: perPoint(({ target }) => target),
    },
    {
      name: 'tidemark_metric_completeness_ratio',
      help: 'Share of the window that the watermark of every source partition has passed, 0 to 1.',
      samples: perWindow((reading, window) => {
        const point = window.series[0]?.points[0];
        return point
          ? [{ labels: labelsOf(reading, window), value: String(point.completeness) }]
          : [];
      }),
    },
    {
      name: 'tidemark_metric_window_start_timestamp_seconds',
      help: 'Start of the window whose values are exposed.',
      samples: perWindow((reading, window) => [
        { labels: labelsOf(reading, window), value: seconds(window.startMs) },
      ]),
    },
    {
      name: 'tidemark_metric_watermark_timestamp_seconds',
      help: 'Event time up to which the metric is complete.',
      samples: readings
        .filter(({ watermarkMs }) => watermarkMs > 0)
        .map(({ metric, watermarkMs }) => ({
          labels: { metric: metric.id },
          value: seconds(watermarkMs),
        })),
    },
    ...qualityFamilies(readings),
    {
      name: 'tidemark_metric_truncated',
      help: '1 where series of the metric are not exposed here, since there are too many or they are made of too many cells; else 0.',
      samples: readings.map(({ metric, isCut }) => ({
        labels: { metric: metric.id },
        value: isCut ? '1' : '0',
      })),
    },
  ];
}

function qualityFamilies(readings: readonly KpiReading[]): readonly Family[] {
  return [
    {
      name: 'tidemark_metric_quality_holds',
      help: 'Whether a rule of quality of the metric holds in its newest window that is due, or as to its age: 1 or 0. Absent where that cannot be decided.',
      samples: perRule(readings, ({ state }) =>
        state === 'unknown' ? undefined : state === 'holds' ? '1' : '0',
      ),
    },
    {
      name: 'tidemark_metric_quality_ratio',
      help: 'Share of the newest windows that are due, 30 at most, in which a rule of quality of the metric holds, 0 to 1.',
      samples: perRule(readings, ({ windows: { judged, broken } }) =>
        judged === 0 ? undefined : String(Math.floor(((judged - broken) / judged) * 1e4) / 1e4),
      ),
    },
  ];
}

/** @param of undefined: no sample */
const perRule = (
  readings: readonly KpiReading[],
  of: (rule: QualityAnswer) => string | undefined,
): Sample[] =>
  readings.flatMap(({ metric, quality }) =>
    quality.flatMap((rule) => {
      const value = of(rule);
      return value === undefined ? [] : [{ labels: { metric: metric.id, rule: rule.id }, value }];
    }),
  );
