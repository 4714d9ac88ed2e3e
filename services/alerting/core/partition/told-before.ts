import { settledOf, withArrived } from '../alert/arrived.ts';
import type { AlertState } from '../alert/episode.ts';
import type { Reduced } from '../alert/recorded.ts';
import type { Delivery } from '../sending/delivery.ts';

/** A record of `alerts`, with the alert as it stood after it. */
type SaidOf = {
  readonly sequence: number;
  /** On `metric-updates`. */
  readonly inputOffset: number;
  readonly alert: AlertState;
};

/** What `alerts` tells of that the log has yet to decide again: nothing of it is news a second time. */
export class ToldBefore {
  readonly #arrived = new Map<string, Delivery>();
  readonly #last = new Map<string, Pick<SaidOf, 'sequence' | 'inputOffset'>>();
  #to = -1;

  /** Each record counts: an alert forgets what became of an episode's messages once that is long over. */
  add({ sequence, inputOffset, alert }: SaidOf): void {
    for (const [message, delivery] of settledOf(alert)) this.#arrived.set(message, delivery);
    const known = this.#last.get(alert.id);
    this.#last.set(alert.id, {
      sequence: Math.max(known?.sequence ?? 0, sequence),
      inputOffset: Math.max(known?.inputOffset ?? -1, inputOffset),
    });
    this.#to = Math.max(this.#to, inputOffset);
  }

  /** `metric-updates` ends here: what lies beyond it is of a topic that is no more, and is never decided again. */
  endAt(end: number): void {
    this.#to = Math.min(this.#to, end - 1);
  }

  /** Whether all of it lies before this offset of `metric-updates`, and so was decided again. */
  isPassed(cursor: number): boolean {
    return this.#to < cursor;
  }

  withArrived(alert: AlertState): AlertState {
    return withArrived(alert, this.#arrived);
  }

  /**
   * What happens to an alert after all that was told of it comes under a number higher than any there: readers go by it, and
   * would pass over the news. Read again, an alert comes to no lower numbers (core/alert/arrived.ts), but for records that
   * compaction removed, or that whoever was fenced off wrote of what it alone knew.
   * @param offset that is being read
   */
  numbered(reduced: Reduced, offset: number): Reduced {
    const { state, transitions } = reduced;
    const last = this.#last.get(state.id);
    if (!last || offset <= last.inputOffset) return reduced;
    this.#last.delete(state.id);
    const sequence = Math.max(state.sequence, last.sequence + transitions.length);
    return { state: { ...state, sequence }, transitions };
  }
}
