import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { repositoryDir } from '../../../infra/bootstrap/prepare.mjs';
import { SERVICE_PORTS } from '../../../services/cli/services.ts';
import { declaredSeries, isDefaultSeries, seriesIn } from '../../support/exposition.ts';
import { lacks } from '../../support/optional.ts';

type Panel = {
  readonly title: string;
  readonly type: string;
  readonly datasource?: { readonly uid: string };
  readonly targets?: readonly { readonly expr: string; readonly refId: string }[];
};
type Dashboard = {
  readonly panels: readonly Panel[];
  readonly templating: { readonly list: readonly { readonly definition: string }[] };
};

const read = (path: string): string => readFileSync(join(repositoryDir, path), 'utf8');
const dashboard = JSON.parse(read('infra/grafana/dashboards/tidemark.json')) as Dashboard;
const expressions = dashboard.panels.flatMap(({ title, targets = [] }) =>
  targets.map(({ expr }) => ({ title, expr })),
);
const rules = parse(read('infra/prometheus/rules.yml')) as {
  groups: readonly { rules: readonly { alert: string; expr: string }[] }[];
};
const ruleExpressions = rules.groups.flatMap((group) => group.rules);

/** Grafana's variables, as Prometheus would get them. */
const filledIn = (expr: string): string =>
  expr
    .replaceAll('$__rate_interval', '1m')
    .replaceAll('$metric', 'net-sales')
    .replaceAll('$window', 'day');

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tidemark-prometheus-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const promtool = (...args: string[]): { status: number | null; output: string } => {
  const run = spawnSync('promtool', args, { encoding: 'utf8' });
  return { status: run.status, output: run.stdout + run.stderr };
};

describe('infra/prometheus', () => {
  it.skipIf(lacks('promtool'))('is a configuration and rules that promtool accepts', () => {
    cpSync(join(repositoryDir, 'infra/prometheus'), folder, { recursive: true });
    const config = join(folder, 'prometheus.yml');
    const token = join(folder, 'prometheus.token');
    writeFileSync(token, 'tm_test');
    writeFileSync(
      config,
      readFileSync(config, 'utf8').replaceAll('/scrape/prometheus.token', token),
    );
    const { status, output } = promtool('check', 'config', config);
    expect(output).toContain('SUCCESS');
    expect({ status, output }).toMatchObject({ status: 0 });
  });

  it('scrapes every service on its own port', () => {
    const config = parse(read('infra/prometheus/prometheus.yml')) as {
      scrape_configs: readonly {
        job_name: string;
        static_configs: readonly { targets: readonly string[] }[];
      }[];
    };
    const targets = config.scrape_configs
      .filter(({ job_name: job }) => job === 'tidemark')
      .flatMap((job) => job.static_configs.flatMap((one) => one.targets));
    expect(new Set(targets)).toEqual(
      new Set(Object.entries(SERVICE_PORTS).map(([name, port]) => `${name}:${port}`)),
    );
  });

  it.each(ruleExpressions)('rule $alert reads series that exist', ({ expr }) => {
    const declared = declaredSeries();
    for (const name of seriesIn(expr)) expect(declared).toContain(name);
  });
});

describe('the Grafana dashboard', () => {
  it.each(expressions)('panel "$title" reads series that exist', ({ expr }) => {
    const declared = declaredSeries();
    for (const name of seriesIn(expr).filter((one) => !isDefaultSeries(one)))
      expect(declared).toContain(name);
  });

  it.skipIf(lacks('promtool'))('asks in PromQL that Prometheus can parse', () => {
    const file = join(folder, 'panels.yml');
    const records = expressions.map(({ expr }, i) => ({
      record: `panel:${i}`,
      expr: filledIn(expr),
    }));
    writeFileSync(file, JSON.stringify({ groups: [{ name: 'panels', rules: records }] }));
    const { status, output } = promtool('check', 'rules', file);
    expect({ status, output }).toMatchObject({ status: 0 });
    expect(output).toContain(`${expressions.length} rules found`);
  });

  it('uses the data source that is provisioned, and variables that it defines', () => {
    const { datasources } = parse(read('infra/grafana/provisioning/datasources/tidemark.yml')) as {
      datasources: readonly { uid: string }[];
    };
    const uids = datasources.map(({ uid }) => uid);
    for (const { datasource, type, title } of dashboard.panels)
      if (type !== 'row')
        expect({ title, isKnown: uids.includes(datasource?.uid ?? '') }).toEqual({
          title,
          isKnown: true,
        });
    expect(dashboard.templating.list.flatMap(({ definition }) => seriesIn(definition))).toEqual([
      'tidemark_metric_value',
      'tidemark_metric_value',
    ]);
    for (const { expr } of expressions) expect(filledIn(expr)).not.toContain('$');
  });
});
