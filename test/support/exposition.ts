import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryDir } from '../../infra/bootstrap/prepare.mjs';

/** Names of series that the code declares: our own telemetry, prom-client's defaults left out. */
export function declaredSeries(): ReadonlySet<string> {
  const files = readdirSync(join(repositoryDir, 'services'), { recursive: true, encoding: 'utf8' });
  return new Set(
    files
      .filter((file) => file.endsWith('.ts'))
      .flatMap((file) => seriesOf(readFileSync(join(repositoryDir, 'services', file), 'utf8'))),
  );
}

function seriesOf(code: string): readonly string[] {
  const telemetry = [...code.matchAll(DECLARATION)].flatMap(([, kind, name = '']) =>
    kind === 'histogram'
      ? ['bucket', 'sum', 'count'].map((part) => `tidemark_${name}_${part}`)
      : [`tidemark_${name}`],
  );
  // Business values are written as text, not by prom-client.
  return [...telemetry, ...(code.match(/\btidemark_metric_[a-z_]+/g) ?? [])];
}
const DECLARATION = /\b(counter|gauge|histogram)\(\s*'([a-z][a-z0-9_]*)'/g;

/** Names of our series in a PromQL expression. */
export const seriesIn = (expression: string): readonly string[] =>
  expression.match(/\btidemark_[a-z0-9_]+/g) ?? [];

/** Of prom-client, with our prefix. */
export const isDefaultSeries = (name: string): boolean => /^tidemark_(process|nodejs)_/.test(name);
