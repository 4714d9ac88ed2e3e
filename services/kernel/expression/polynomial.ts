/** A fraction in lowest terms, the denominator above 0. */
export type Fraction = { readonly n: bigint; readonly d: bigint };

/** A factor that is no arithmetic itself, by its canonical text. */
export type Atom = { readonly text: string; readonly nullable: boolean };
type Term = { readonly coefficient: Fraction; readonly factors: readonly string[] };

/**
 * A number as a sum of products: the one form that all ways to write the same `+ - *` have. Arithmetic with null is
 * null, so atoms that may be null and cancel out (`m - m`) are remembered: the value is null exactly when one of `seen`
 * is. Law: equal `print` texts give equal values for all values of the atoms.
 */
export type Polynomial = {
  /** By the product's key; none has the coefficient 0. */
  readonly terms: ReadonlyMap<string, Term>;
  /** Atoms that may be null, wherever they were written. */
  readonly seen: ReadonlySet<string>;
};

const ZERO: Fraction = { n: 0n, d: 1n };
export const ONE: Fraction = { n: 1n, d: 1n };
/** Products beyond this many terms are not multiplied out; they are one atom then. */
export const TERMS_MAX = 64;

const size = (n: bigint): bigint => (n < 0n ? -n : n);
const gcd = (a: bigint, b: bigint): bigint => (b === 0n ? size(a) : gcd(b, a % b));

export function fraction(n: bigint, d: bigint): Fraction {
  const divisor = gcd(n, d) * (d < 0n ? -1n : 1n);
  return { n: n / divisor, d: d / divisor };
}
const times = (a: Fraction, b: Fraction): Fraction => fraction(a.n * b.n, a.d * b.d);

export const constant = (value: Fraction): Polynomial => ({
  terms: value.n === 0n ? new Map() : new Map([['', { coefficient: value, factors: [] }]]),
  seen: new Set(),
});
export const atom = ({ text, nullable }: Atom): Polynomial => ({
  terms: new Map([[text, { coefficient: ONE, factors: [text] }]]),
  seen: new Set(nullable ? [text] : []),
});

export function scaled(polynomial: Polynomial, by: Fraction): Polynomial {
  if (by.n === 0n) return { terms: new Map(), seen: polynomial.seen };
  const terms = [...polynomial.terms].map(
    ([key, { coefficient, factors }]) =>
      [key, { coefficient: times(coefficient, by), factors }] as const,
  );
  return { terms: new Map(terms), seen: polynomial.seen };
}

function collected(terms: Iterable<Term>, seen: ReadonlySet<string>): Polynomial {
  const sums = new Map<string, Term>();
  for (const { coefficient, factors } of terms) {
    const key = factors.join(' * ');
    const { n, d } = sums.get(key)?.coefficient ?? ZERO;
    const sum = fraction(n * coefficient.d + coefficient.n * d, d * coefficient.d);
    if (sum.n === 0n) sums.delete(key);
    else sums.set(key, { coefficient: sum, factors });
  }
  return { terms: sums, seen };
}

export const plus = (a: Polynomial, b: Polynomial): Polynomial =>
  collected([...a.terms.values(), ...b.terms.values()], a.seen.union(b.seen));

/** @returns undefined when it would have more than `TERMS_MAX` terms */
export function multiplied(a: Polynomial, b: Polynomial): Polynomial | undefined {
  if (a.terms.size * b.terms.size > TERMS_MAX) return undefined;
  const products = [...a.terms.values()].flatMap((left) =>
    [...b.terms.values()].map((right): Term => ({
      coefficient: times(left.coefficient, right.coefficient),
      factors: [...left.factors, ...right.factors].toSorted(),
    })),
  );
  return collected(products, a.seen.union(b.seen));
}

/**
 * 1 ÷ polynomial: null where it is null or 0, so `b / b` is not 1. Of a product the product of the factors' inverses, of
 * a sum one atom, with its leading coefficient before it.
 */
export function inverse(polynomial: Polynomial): Polynomial {
  const [first, ...rest] = ordered(polynomial);
  if (!first) return atom({ text: `1/(${print(polynomial)})`, nullable: true });
  const { n, d } = first.coefficient;
  const leading = fraction(d, n);
  const product = rest.length === 0 && vanished(polynomial).length === 0;
  const divisors = product ? first.factors : [print(scaled(polynomial, leading))];
  const factors = divisors.map((text) => `1/(${text})`).toSorted();
  return collected([{ coefficient: leading, factors }], new Set(factors));
}

/** The value where it is one number whatever the atoms are. */
export function constantOf(polynomial: Polynomial): Fraction | undefined {
  if (polynomial.seen.size > 0) return undefined;
  if (polynomial.terms.size === 0) return ZERO;
  const [only, ...others] = polynomial.terms.values();
  return others.length === 0 && only?.factors.length === 0 ? only.coefficient : undefined;
}

/** Divided by the size of its leading coefficient: what does not change its sign. */
export function direction(polynomial: Polynomial): Polynomial {
  const [first] = ordered(polynomial);
  return first
    ? scaled(polynomial, fraction(first.coefficient.d, size(first.coefficient.n)))
    : polynomial;
}
/** As `direction`, and the sign as well: what does not change where it is 0. */
export function roots(polynomial: Polynomial): Polynomial {
  const [first] = ordered(polynomial);
  return first
    ? scaled(polynomial, fraction(first.coefficient.d, first.coefficient.n))
    : polynomial;
}

/** Terms with factors first; the constant stands last. */
const ordered = ({ terms }: Polynomial): readonly Term[] =>
  [...terms]
    .toSorted(([a], [b]) => (a === '' ? 1 : b === '' ? -1 : a < b ? -1 : 1))
    .map(([, term]) => term);

/** Atoms that may be null and are in no term. */
function vanished({ terms, seen }: Polynomial): readonly string[] {
  const left = new Set([...terms.values()].flatMap(({ factors }) => factors));
  return [...seen].filter((text) => !left.has(text)).toSorted();
}

export function print(polynomial: Polynomial): string {
  const sum = ordered(polynomial).map(({ coefficient: { n, d }, factors }) => {
    const number = d === 1n ? String(n) : `${n}/${d}`;
    if (factors.length === 0) return number;
    return n === d ? factors.join(' * ') : [number, ...factors].join(' * ');
  });
  const nulls = vanished(polynomial);
  const text = sum.length === 0 ? '0' : sum.join(' + ');
  return nulls.length === 0 ? text : `${text} unless null(${nulls.join(', ')})`;
}
