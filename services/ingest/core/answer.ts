import type { Refusal } from '../../kernel/errors.ts';
import { err } from '../../kernel/result.ts';
import type { Result } from '../../kernel/result.ts';
import type { EventRefusal } from './decide.ts';

/** What became of one event: its position in the log (`topic/partition/offset`; none of a rehearsal), or why it was refused. */
export type Outcome = Result<string | undefined, EventRefusal>;

export type Answer = {
  readonly status: 202 | 207 | 422;
  readonly body: {
    readonly accepted: number;
    readonly rejected: number;
    readonly results: readonly EventResult[];
  };
};
type EventResult = {
  readonly index: number;
  readonly id?: string;
  readonly status: 'accepted' | 'rejected';
  readonly position?: string | undefined;
  readonly error?: EventRefusal;
};

/**
 * 202 when all are accepted (an empty batch too), 422 when none is, else 207 (contract section 3).
 * @param ids of the events, in the same order, as far as they have one
 */
export function answerOf(
  outcomes: readonly Outcome[],
  ids: readonly (string | undefined)[],
): Answer {
  const results = outcomes.map((outcome, index): EventResult => {
    const id = ids[index];
    // Spelled out, since there is one of these for each event: JSON leaves out an id that is not there only with its name.
    if (outcome.ok)
      return id === undefined
        ? { index, status: 'accepted', position: outcome.value }
        : { index, id, status: 'accepted', position: outcome.value };
    return id === undefined
      ? { index, status: 'rejected', error: outcome.error }
      : { index, id, status: 'rejected', error: outcome.error };
  });
  const accepted = outcomes.filter(({ ok }) => ok).length;
  const rejected = outcomes.length - accepted;
  return {
    status: rejected === 0 ? 202 : accepted === 0 ? 422 : 207,
    body: { accepted, rejected, results },
  };
}

/** The refusal that holds for a request as a whole: the principal may write none of its events. */
export function commonRefusal(outcomes: readonly Result<unknown, Refusal>[]): Refusal | undefined {
  const [first] = outcomes;
  if (!first || first.ok) return undefined;
  return outcomes.every((one) => !one.ok && one.error.code === 'forbidden')
    ? first.error
    : undefined;
}

/** Outcomes of an all-or-nothing batch of which some event was refused: the others were not written either. */
export const refuseAll = (
  outcomes: readonly Result<unknown, Refusal>[],
): readonly Result<never, Refusal>[] =>
  outcomes.map((outcome) =>
    outcome.ok
      ? err({
          code: 'batch_refused',
          detail: 'not written, since another event of the batch was refused',
        })
      : outcome,
  );
