import type { Refusal } from '../../../kernel/errors.ts';
import { err, ok } from '../../../kernel/result.ts';
import type { Result } from '../../../kernel/result.ts';
import type { EpochMs } from '../../../kernel/time.ts';
import { DAY_MS, formatRfc3339 } from '../../../kernel/time.ts';
import type { Point, ValuesAnswer } from '../answers.ts';
import type { Parameters } from '../values-query.ts';

/** `GET /v1/current`: the totals of many metrics, each as `GET /v1/metrics/{id}/current` gives it. */
export type ManyAnswer = {
  readonly metrics: readonly ValuesAnswer[];
  /** Metrics that have no such window. */
  readonly refused: readonly {
    readonly metric: string;
    readonly code: string;
    readonly detail: string;
  }[];
  readonly cursor?: string;
};

/** `GET /v1/corrections`: days that changed after the watermark had passed them, the newest first. */
export type CorrectionsAnswer = {
  readonly from: string;
  readonly corrections: readonly (Pick<Point, 'start' | 'end' | 'value' | 'state' | 'revision'> & {
    readonly metric: string;
  })[];
  /** Whether there are more than are listed. */
  readonly isCut: boolean;
};

export const METRICS_MAX = 200;

/** The metrics of one answer: those asked for, else all, by id, page by page. */
export function pageOfMetrics(
  published: Iterable<string>,
  parameters: Parameters,
): Result<{ readonly ids: readonly string[]; readonly cursor?: string }, Refusal> {
  const { metric, cursor = '' } = parameters;
  if (typeof cursor !== 'string')
    return err({ code: 'invalid_parameter', detail: 'cursor is given more than once' });
  const known = new Set(published);
  const asked =
    metric === undefined ? [...known] : [metric].flat().flatMap((one) => one.split(','));
  const strange = asked.find((id) => !known.has(id));
  if (strange !== undefined)
    return err({ code: 'not_found', detail: `no published metric is called ${strange}` });
  const left = [...new Set(asked)].filter((id) => id > cursor).toSorted();
  const ids = left.slice(0, METRICS_MAX);
  const last = ids.at(-1);
  return ok({ ids, ...(left.length > ids.length && last !== undefined ? { cursor: last } : {}) });
}

const DAYS_DEFAULT = 31;
const DAYS_MAX = 400;

/** Reads `days`, how far back `GET /v1/corrections` looks. */
export function parseCorrectionsQuery(
  { days = String(DAYS_DEFAULT), ...others }: Parameters,
  nowMs: EpochMs,
): Result<{ readonly from: string }, Refusal> {
  const [unknown] = Object.keys(others);
  const count = Number(days);
  if (unknown !== undefined)
    return err({ code: 'invalid_parameter', detail: `there is days, no ${unknown}` });
  return Number.isInteger(count) && count >= 1 && count <= DAYS_MAX
    ? ok({ from: formatRfc3339(nowMs - count * DAY_MS) })
    : err({ code: 'invalid_parameter', detail: `days must be an integer from 1 to ${DAYS_MAX}` });
}

const CORRECTIONS_MAX = 200;

/** Windows of the answers that were revised or restated, the newest first. */
export function correctionsOf(from: string, answers: readonly ValuesAnswer[]): CorrectionsAnswer {
  const all = answers
    .flatMap(({ metric, series }) =>
      series.flatMap(({ points }) =>
        points
          .filter(({ state, revision }) => CORRECTED.has(state) || revision > 0)
          .map(({ start, end, value, state, revision }) => ({
            metric,
            start,
            end,
            value,
            state,
            revision,
          })),
      ),
    )
    .toSorted(
      (a, b) => Date.parse(b.start) - Date.parse(a.start) || (a.metric < b.metric ? -1 : 1),
    );
  return { from, corrections: all.slice(0, CORRECTIONS_MAX), isCut: all.length > CORRECTIONS_MAX };
}
const CORRECTED: ReadonlySet<string> = new Set(['revised', 'restated']);
