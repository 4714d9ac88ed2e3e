import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryDir } from '../../infra/bootstrap/prepare.mjs';
import { code, page, table } from './markdown.ts';

const DECLARATION =
  /\b(counter|gauge|histogram)\(\s*'([a-z][a-z0-9_]*)',\s*(?:'([^']*)'|"([^"]*)"|`([^`]*)`)/g;

/** Series as the services declare them; those of the process itself come from prom-client. */
export function telemetryPage(): string {
  const folder = join(repositoryDir, 'services');
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith('.ts'),
  );
  const rows = files.flatMap((file) => {
    const text = readFileSync(join(folder, file), 'utf8');
    return [...text.matchAll(DECLARATION)].map(([, kind = '', name = '', ...help]) => [
      code(`tidemark_${name}`),
      kind,
      file.split('/')[0] ?? '',
      help.find((one) => one !== undefined) ?? '',
    ]);
  });
  return page('Telemetry', "the services' code", [
    '`GET /metrics` of each process, in Prometheus text or OpenMetrics. Besides these: `tidemark_process_…` and `tidemark_nodejs_…`. Business values are at `/metrics/kpi`.',
    table(
      ['series', 'kind', 'service', 'meaning'],
      rows.toSorted((a, b) => (a[0] ?? '').localeCompare(b[0] ?? '')),
    ),
  ]);
}
