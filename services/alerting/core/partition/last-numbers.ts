import type { Reduced } from '../alert/recorded.ts';

/** Rules of which a number of its own is remembered; those that went before share one. */
export const RULES_MAX = 1000;

/**
 * The highest number that alerts had whose rule is no more. Should the rule come back, what is told of its alerts goes on
 * behind it: readers of `alerts` go by the number, and would pass over one that begins anew. Law: never lower than the number
 * of any alert that was forgotten; a number for each rule at most, whatever its series.
 * A structure that changes in place; every change is told by the name of the field that it is stored in.
 */
export class LastNumbers {
  /** By rule, the one that went last at the end; `''` is for all that are not here. */
  readonly #last = new Map<string, number>();
  readonly #changed: (field: string) => void;

  constructor(changed: (field: string) => void) {
    this.#changed = changed;
  }

  /** An alert of the rule is forgotten; nothing was told of it under a number beyond this. */
  note(rule: string, sequence: number): void {
    if (sequence <= this.of(rule)) return;
    this.#last.delete(rule);
    this.#set(rule, sequence);
    const oldest = this.#last.size > RULES_MAX && this.#last.keys().find((one) => one !== '');
    if (!oldest) return;
    const gone = this.of(oldest);
    this.#last.delete(oldest);
    this.#changed(`z|${oldest}`);
    this.#set('', Math.max(gone, this.of('')));
  }

  of(rule: string): number {
    return this.#last.get(rule) ?? this.#last.get('') ?? 0;
  }

  /** The first that is told of an alert, behind all that was told of its rule's forgotten ones. */
  behind({ state, transitions }: Reduced): Reduced {
    const last = this.of(state.rule);
    return last === 0
      ? { state, transitions }
      : { state: { ...state, sequence: state.sequence + last }, transitions };
  }

  encode(field: string): string | null {
    const last = this.#last.get(field.slice(2));
    return last === undefined ? null : String(last);
  }
  restore(field: string, text: string): void {
    this.#last.set(field.slice(2), Number(text));
  }

  #set(rule: string, last: number): void {
    this.#last.set(rule, last);
    this.#changed(`z|${rule}`);
  }
}
