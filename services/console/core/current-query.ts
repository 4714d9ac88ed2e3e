import type { MetricDefinition } from '../../kernel/definitions.ts';
import type { Refusal } from '../../kernel/errors.ts';
import { err, ok } from '../../kernel/result.ts';
import type { Result } from '../../kernel/result.ts';
import type { EpochMs } from '../../kernel/time.ts';
import { calendarOf } from '../../kernel/window.ts';
import { parseValuesQuery } from './values-query.ts';
import type { Parameters, ValuesQuery } from './values-query.ts';

const NAMES = ['window', 'by', 'where', 'compare', 'version', 'limit', 'cursor'];

/**
 * Reads the parameters of `GET /v1/metrics/{id}/current`: the window that holds now, by default the day (for a metric
 * that keeps no days its longest grain). It is a question for values with a range of one window.
 */
export function parseCurrentQuery(
  metric: MetricDefinition,
  parameters: Parameters,
  nowMs: EpochMs,
): Result<ValuesQuery, Refusal> {
  const unknown = Object.keys(parameters).find((name) => !NAMES.includes(name));
  if (unknown !== undefined)
    return err({
      code: 'invalid_parameter',
      detail: `no parameter is called ${unknown}; there are ${NAMES.join(', ')}`,
    });
  const { window, ...rest } = parameters;
  const grain = window ?? metric.grains.at(-1) ?? 'day';
  const query = parseValuesQuery(metric, { ...rest, grain }, nowMs);
  if (!query.ok || query.value.after) return query;
  const { startMs } = calendarOf(metric).stepAt(query.value.size, nowMs);
  return ok({ ...query.value, fromMs: startMs, toMs: startMs + 1 });
}
