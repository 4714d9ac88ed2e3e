import type { Catalog } from '../kernel/definitions.ts';
import { labelsOf } from '../kernel/series.ts';
import { sharedCalendars } from '../kernel/window.ts';
import { sourcesOf } from './core/derived.ts';
import { gridOf, WINDOWS_MAX, windowsSeen } from './core/prometheus/grid.ts';
import type { Times } from './core/prometheus/grid.ts';
import { selectTargets, targetLabels } from './core/prometheus/targets.ts';
import type { TargetSelection } from './core/prometheus/targets.ts';
import type { Selection } from './core/promql/ast.ts';
import { unanswerable } from './core/promql/fault.ts';
import { acceptsLabel } from './core/promql/matcher.ts';
import type { SampledSeries } from './core/promql/samples.ts';
import { chooseSeries } from './core/series-choice.ts';
import type { SeriesEntry } from './core/series-choice.ts';
import type { ProjectionReader } from './ports.ts';
import type { SelectionRead } from './prometheus-samples.ts';
import { refOf } from './read-source.ts';

/** Samples that one selection may give, windows × series. */
const SAMPLES_MAX = 500_000;

type Asked = { readonly selection: Selection; readonly times: Times };
type OneAsked = Asked & TargetSelection;

/**
 * Reads the targets that a selector may see at these times, of the series that the metric has. They stand where the values
 * of their windows do, at the ends, also of windows whose values are not there yet, and are those of now.
 * @throws QueryFaultError execution; redis_unavailable
 */
export function createTargetReader(
  reader: Pick<ProjectionReader, 'heads' | 'series'>,
): (catalog: Catalog, asked: Asked) => Promise<readonly SelectionRead[]> {
  const calendarOf = sharedCalendars();
  const keysOf = async (catalog: Catalog, asked: OneAsked): Promise<readonly string[]> => {
    const { metric, dimensions, selection } = asked;
    if (dimensions.length === 0) return ['[]'];
    const refs = sourcesOf(catalog, metric).map(refOf);
    const heads = await reader.heads(refs);
    const entries = await Promise.all(
      refs.map(async (ref, i): Promise<readonly SeriesEntry[]> =>
        heads[i] ? reader.series(ref, heads[i]) : [],
      ),
    );
    const chosen = chooseSeries(entries.flat(), { dimensions, where: new Map() });
    return [...chosen.keys()].toSorted().filter((key) => {
      const labels = targetLabels(metric.id, asked.grain, key);
      return dimensions.every((name) =>
        acceptsLabel(selection.selector.matchers, name, labels[name] ?? ''),
      );
    });
  };
  return async (catalog, { selection, times }) => {
    const read: SelectionRead[] = [];
    let samples = 0;
    for (const target of selectTargets(catalog, selection)) {
      const { metric, grain, size, targetOf } = target;
      const calendar = calendarOf(metric);
      const windows = windowsSeen(calendar, size, { selector: selection.selector, times });
      if (!windows)
        return unanswerable(
          `the query reads more than ${WINDOWS_MAX} windows of targets of ${metric.id}: ask for a shorter range or a coarser grain`,
        );
      const keys = await keysOf(catalog, { ...target, selection, times });
      samples += keys.length * windows.length;
      if (samples > SAMPLES_MAX)
        unanswerable(
          `the query reads ${samples} targets up to those of ${metric.id}, the limit is ${SAMPLES_MAX}: ask for a shorter range, fewer series or a coarser grain`,
        );
      const steps = windows.map(({ endMs }) => calendar.stepAt(size, endMs - 1).startMs);
      const nowMs = times.isNow ? times.lastMs : Infinity;
      const grid = gridOf(windows, { calendar, size, nowMs });
      const series = keys.map((key): SampledSeries => {
        const members = labelsOf(key);
        const texts = steps.map((stepMs) => targetOf(members, stepMs));
        return {
          labels: targetLabels(metric.id, grain, key),
          grid,
          values: Float64Array.from(texts, Number),
          has: Uint8Array.from(texts, (text) => (text === null ? 0 : 1)),
        };
      });
      read.push({ series, metrics: [metric], warnings: [] });
    }
    return read;
  };
}
