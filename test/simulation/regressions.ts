/** Seeds that once failed, and what each found. They run in every campaign. */
export const REGRESSIONS = [
  {
    seed: 602_410_306,
    found: 'a worker that owned nothing said for ever that a metric was parked',
  },
] as const;
