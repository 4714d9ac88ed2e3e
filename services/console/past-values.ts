import type { Refusal } from '../kernel/errors.ts';
import type { PastAnswer, PastMark } from '../kernel/past.ts';
import { err, ok } from '../kernel/result.ts';
import type { Result } from '../kernel/result.ts';
import type { Window } from '../kernel/window.ts';
import type { AsOfAnswer } from './core/answers.ts';
import type { Reading } from './core/facts.ts';
import { asOfAnswer, pastBody, pastReading } from './core/past.ts';
import type { AskPast } from './core/past.ts';
import type { ProjectionHead } from './core/projection.ts';
import type { SeriesEntry } from './core/series-choice.ts';
import type { Source } from './read-source.ts';

/** Who answers for the past, what of it is asked, and on whose behalf. */
export type PastQuestion = {
  readonly ask: AskPast;
  readonly mark: PastMark;
  readonly authorization: string | undefined;
};

/** Of no windows. */
const NOTHING = { partitions: [], records: 0, cells: [] };

/**
 * Reads the same windows and series of every source as they were known then; one after the other, since the aggregator
 * answers one such question at a time.
 */
export async function readPast(
  { ask, mark, authorization }: PastQuestion,
  sources: readonly (Source & {
    readonly head: ProjectionHead | undefined;
    readonly series: ReadonlyMap<string, SeriesEntry>;
  })[],
  windows: readonly Window[],
): Promise<Result<{ readings: readonly Reading[]; asOf: AsOfAnswer }, Refusal>> {
  const readings: Reading[] = [];
  const answers: PastAnswer[] = [];
  for (const { head, ...source } of sources) {
    const { id } = source.metric;
    if (!head || head.rebuilding)
      return err({ code: 'rebuilding', detail: `${id} is being counted anew` });
    const answer =
      windows.length === 0
        ? ok({ metric: id, version: source.metric.version, ...NOTHING })
        : await ask(id, pastBody(source, windows, mark), authorization);
    if (!answer.ok) return answer;
    answers.push(answer.value);
    readings.push(pastReading({ ...source, head }, answer.value));
  }
  return ok({ readings, asOf: asOfAnswer(mark, answers) });
}
