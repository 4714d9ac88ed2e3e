import { emphasize } from './output.ts';

/** What a person sees when all runs: where to look, and what to try next. */
export function banner(options: {
  readonly url: string;
  readonly seconds: number;
  readonly isDemo: boolean;
  /** What does not work yet, one sentence each. */
  readonly missing: readonly string[];
}): string {
  const { url } = options;
  const heading = (text: string): string => emphasize('bold', text);
  const state =
    options.missing.length === 0
      ? `Tidemark is ready after ${options.seconds.toFixed(1)} s`
      : `Tidemark runs, but not all of it is ready:\n${options.missing.map((what) => `  - ${what}`).join('\n')}`;
  return `
${heading(state)}

  Console      ${emphasize('cyan', url)}
  Read API     ${url}/v1/metrics
  Telemetry    ${url}/metrics   (values: ${url}/metrics/kpi)

${heading('Try next')}
  bin/tidemark metrics values net-sales --grain minute
  bin/tidemark ${options.isDemo ? 'alerts list' : 'demo'}
  bin/tidemark doctor

Ctrl-C stops everything that was started here; the data stay.
`;
}
