/** Types of summary.mjs, which is plain JavaScript as the test runner that prints it. */
export type TestOutcome = { readonly status: string; readonly title: string };
export const SERVERS: readonly string[];
export function testsOf(report: string | undefined): readonly TestOutcome[];
export function summarize(
  reports: readonly {
    readonly name: string;
    readonly code: number | null;
    readonly tests: readonly TestOutcome[];
  }[],
  options: {
    readonly required: readonly string[];
    readonly missing: readonly (readonly [name: string, what: string])[];
  },
): { readonly text: string; readonly exitCode: 0 | 1 };
