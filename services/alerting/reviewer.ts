import type { EpochMs } from '../kernel/time.ts';
import { ReviewLog } from './core/proof/review.ts';
import { reviewAnswer } from './core/proof/review-answer.ts';
import type { RuleReview } from './core/proof/review-answer.ts';
import type { AlertLog, UpdateLog } from './ports.ts';

export type Reviewer = (
  rule: string,
  range: { readonly fromMs: EpochMs | null; readonly toMs: EpochMs },
) => Promise<RuleReview>;

/**
 * Reviews rules from `alerts`: read from its beginning at the first question, and from where it was left at each that
 * follows. @returns a function that throws broker_unavailable
 */
export function createReviewer(ports: {
  readonly alerts: Pick<AlertLog, 'readFrom'>;
  readonly updates: Pick<UpdateLog, 'partitions'>;
}): Reviewer {
  const log = new ReviewLog();
  const nexts = new Map<number, number>();
  let turn: Promise<void> = Promise.resolve();

  const catchUp = async (): Promise<void> => {
    const partitions = await ports.updates.partitions();
    for (let partition = 0; partition < partitions; partition++) {
      const { records, next } = await ports.alerts.readFrom(partition, nexts.get(partition) ?? 0);
      for (const record of records) log.add(record);
      nexts.set(partition, next);
    }
  };

  return async (rule, range) => {
    turn = turn.catch(() => undefined).then(catchUp);
    await turn;
    return reviewAnswer(rule, { ...log.of(rule), sinceMs: log.sinceMs }, range);
  };
}
