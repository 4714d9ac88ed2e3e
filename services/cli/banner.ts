import { emphasize } from './output.ts';

/** What a person sees when all runs: where to look, and what to try next. */
export function banner(options: {
  readonly url: string;
  readonly seconds: number;
  readonly isDemo: boolean;
  /** Where it is not the default one: other commands must be told. */
  readonly dataDir: string | undefined;
  /** What does not work yet, one sentence each. */
  readonly missing: readonly string[];
}): string {
  const { url } = options;
  const tidemark = `bin/tidemark${options.dataDir === undefined ? '' : ` --data ${options.dataDir}`}`;
  const next = options.isDemo
    ? ['metrics values net-sales --grain minute', 'alerts list', 'doctor']
    : [
        'demo retail',
        'metrics values net-sales --from 2010-12-01 --to 2010-12-04 --grain day',
        'doctor',
      ];
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
${next.map((verb) => `  ${tidemark} ${verb}`).join('\n')}

Ctrl-C stops everything that was started here; the data stay.
`;
}
