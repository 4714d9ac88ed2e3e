import { assertNever } from '../../../kernel/result.ts';
import type { Aggregator, Arithmetic, Comparison, RangeFunction } from './ast.ts';

/** Arithmetic of IEEE 754 doubles as Go's math has it. */
export function calculate(operator: Arithmetic, a: number, b: number): number {
  switch (operator) {
    case '+':
      return a + b;
    case '-':
      return a - b;
    case '*':
      return a * b;
    case '/':
      return a / b;
    case '%':
      return a % b;
    case '^':
      // Go has 1 where JavaScript has NaN.
      if (a === 1 || (a === -1 && Math.abs(b) === Infinity)) return 1;
      return a ** b;
  }
}

export function compares(operator: Comparison, a: number, b: number): boolean {
  switch (operator) {
    case '==':
      return a === b;
    case '!=':
      return a !== b;
    case '<':
      return a < b;
    case '<=':
      return a <= b;
    case '>':
      return a > b;
    case '>=':
      return a >= b;
  }
}

export type Fold = Exclude<Aggregator, 'topk' | 'bottomk'>;

/** What an `…_over_time` does to the values of its range; `last` takes the last one. */
export const FOLD_OF: Readonly<Record<RangeFunction, Fold | 'last'>> = {
  sum_over_time: 'sum',
  avg_over_time: 'avg',
  min_over_time: 'min',
  max_over_time: 'max',
  count_over_time: 'count',
  last_over_time: 'last',
};

/**
 * Folds values one after the other. Sums carry what is lost to rounding along, so that 0.1 ten times is 1.
 * @see Neumaier, Rundungsfehleranalyse einiger Verfahren zur Summation endlicher Summen, ZAMM 54 (1974)
 */
export class Folding {
  readonly #fold: Fold;
  #count = 0;
  #value = 0;
  #lost = 0;

  constructor(fold: Fold) {
    this.#fold = fold;
  }

  get isEmpty(): boolean {
    return this.#count === 0;
  }

  add(value: number): void {
    this.#count++;
    switch (this.#fold) {
      case 'sum':
      case 'avg':
        this.#addUp(value);
        return;
      case 'min':
        if (this.#count === 1 || value < this.#value || Number.isNaN(this.#value))
          this.#value = value;
        return;
      case 'max':
        if (this.#count === 1 || value > this.#value || Number.isNaN(this.#value))
          this.#value = value;
        return;
      case 'count':
        return;
      default:
        assertNever(this.#fold);
    }
  }

  #addUp(value: number): void {
    const sum = this.#value + value;
    if (!Number.isFinite(sum)) this.#lost = 0;
    else if (Math.abs(this.#value) >= Math.abs(value)) this.#lost += this.#value - sum + value;
    else this.#lost += value - sum + this.#value;
    this.#value = sum;
  }

  /** @returns what `add` was given since the last call, folded; it begins anew */
  take(): number {
    const sum = this.#value + this.#lost;
    const count = this.#count;
    const value = this.#value;
    this.#count = 0;
    this.#value = 0;
    this.#lost = 0;
    switch (this.#fold) {
      case 'sum':
        return sum;
      case 'avg':
        return sum / count;
      case 'count':
        return count;
      case 'min':
      case 'max':
        return value;
    }
  }
}
