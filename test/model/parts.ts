/**
 * Equal parts of states are one object each, so that a part is known by its identity: states are compared by the numbers
 * of their parts, and what a pure function makes of a part is computed once, however many states have it.
 */
export type Parts = {
  /** The object that stands for all that are equal to this one, by JSON and thus by the order of their fields too. */
  readonly one: <T extends object>(part: T) => T;
  /** 0 of what is not there. @param part one that `one` returned */
  readonly numberOf: (part: object | undefined) => number;
};

export function openParts(): Parts {
  const byText = new Map<string, object>();
  const numbers = new Map<object | undefined, number>([[undefined, 0]]);
  return {
    one<T extends object>(part: T): T {
      if (numbers.has(part)) return part;
      const text = JSON.stringify(part);
      const known = byText.get(text);
      if (known) return known as T;
      byText.set(text, part);
      numbers.set(part, numbers.size);
      return part;
    },
    numberOf(part) {
      const number = numbers.get(part);
      if (number === undefined) throw new Error(`not one of the parts: ${JSON.stringify(part)}`);
      return number;
    },
  };
}

/** @param make pure; asked once of each argument, which is known by its identity */
export function once<A, R>(make: (a: A) => R): (a: A) => R {
  const made = new Map<A, R>();
  return (a) => {
    const found = made.get(a);
    if (found !== undefined || made.has(a)) return found as R;
    const result = make(a);
    made.set(a, result);
    return result;
  };
}

/** The same of two arguments. */
export function onceOfBoth<A, B, R>(make: (a: A, b: B) => R): (a: A, b: B) => R {
  const of = once((a: A) => once((b: B) => make(a, b)));
  return (a, b) => of(a)(b);
}
