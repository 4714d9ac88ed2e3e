/** The middle one, the lower of two. @param values at least one */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) / 2)] as number;
}

/** Nearest rank. @param share 0–1   @param values at least one */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] as number;
}

export type Distribution = {
  readonly samples: number;
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
};

/** Of milliseconds, rounded to whole ones. */
export function distribution(values: readonly number[]): Distribution {
  if (values.length === 0) return { samples: 0, p50: NaN, p99: NaN, max: NaN };
  const rounded = values.map(Math.round);
  return {
    samples: rounded.length,
    p50: percentile(rounded, 0.5),
    p99: percentile(rounded, 0.99),
    max: rounded.reduce((most, value) => Math.max(most, value)),
  };
}
