import fc from 'fast-check';

/** Where the script refuses: a billionth below what 64 bits hold. */
export const LIMIT = 9_223_372_036_000_000_000n;
/** Integers where arithmetic in doubles goes wrong, and others. */
export const exact = fc.oneof(
  fc.bigInt({ min: -1_000_000_000_000n, max: 1_000_000_000_000n }),
  fc.bigInt({ min: 9_007_199_254_740_900n, max: 9_007_199_254_741_100n }),
  fc.bigInt({ min: -(2n ** 62n), max: 2n ** 62n }),
);
