import type { Series, ValuesAnswer } from '../../core/answers.ts';
import type { ManyAnswer } from '../../core/overview/many.ts';

/** Totals of metrics as `GET /v1/current` gives them, all pages of a question. */
export type AskMany = (parameters: {
  readonly window: string;
  readonly metric?: string;
}) => Promise<readonly ManyAnswer[]>;

/** A metric that keeps whole days has no day to date; its day as far as it has come is the day's cell. */
const IN_PLACE: Readonly<Record<string, string>> = { 'day-to-date': 'day' };

/**
 * The metrics in the window that holds now, by id. Those that keep no cells for a window to date are asked for the whole
 * window; what an open one is compared with is left out, since it would stand beside a whole one.
 */
export async function loadCurrents(
  window: string,
  ask: AskMany,
): Promise<ReadonlyMap<string, ValuesAnswer>> {
  const pages = await ask({ window });
  const whole = IN_PLACE[window];
  const ids = pages.flatMap(({ refused }) =>
    refused.flatMap(({ metric, code }) => (code === 'grain_unavailable' ? [metric] : [])),
  );
  const others =
    whole === undefined
      ? []
      : await Promise.all(
          slices(ids).map((some) => ask({ window: whole, metric: some.join(',') })),
        );
  const answers = [...pages, ...others.flat().map(withoutUnlike)].flatMap(({ metrics }) => metrics);
  return new Map(answers.map((one) => [one.metric, one]));
}

/** Names of metrics in one address at most. */
const IDS_MAX = 100;
const slices = (ids: readonly string[]): readonly (readonly string[])[] =>
  Array.from({ length: Math.ceil(ids.length / IDS_MAX) }, (_, i) =>
    ids.slice(i * IDS_MAX, (i + 1) * IDS_MAX),
  );

const withoutUnlike = (page: ManyAnswer): ManyAnswer => ({
  ...page,
  metrics: page.metrics.map((answer) => ({ ...answer, series: answer.series.map(settledBases) })),
});

const settledBases = (series: Series): Series => ({
  ...series,
  points: series.points.map((point) => {
    if (point.state !== 'open') return point;
    const { compare: _, ...alone } = point;
    return alone;
  }),
});
