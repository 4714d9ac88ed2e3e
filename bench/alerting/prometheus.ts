import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cpuMsOf } from '../support/cpu.ts';

/** How long Prometheus takes for one rule and one series of it, by its own `prometheus_rule_evaluation_duration_seconds`. */
export type PrometheusRun = {
  readonly version: string;
  readonly rules: number;
  readonly series: number;
  /** Evaluations of a rule over one series, all together. */
  readonly evaluations: number;
  readonly micros: number;
  /** CPU of the whole process while it did nothing else but scrape those series, per evaluation. */
  readonly cpuMicros: number | undefined;
};

const BINARY = '/usr/bin/prometheus';
const EVALUATE_EVERY_S = 2;
const ROUNDS = 6;
const READY_WITHIN_MS = 60_000;

/**
 * Real Prometheus with as many rules over as many series: METRICS metrics of STORES series, and so many rules on each, of
 * the same form as ours, of which none fires. @returns undefined where Prometheus is not installed
 */
export async function measurePrometheus(of: {
  readonly metrics: number;
  readonly stores: number;
  readonly rulesPerMetric: number;
}): Promise<PrometheusRun | undefined> {
  if (!existsSync(BINARY)) return undefined;
  const dir = mkdtempSync(join(tmpdir(), 'bench-prometheus-'));
  const exporter = await openExporter(of);
  mkdirSync(join(dir, 'data'));
  writeFileSync(join(dir, 'rules.yml'), rulesOf(of));
  writeFileSync(join(dir, 'prometheus.yml'), configOf(exporter.port));
  const port = await freePort();
  const child = spawn(
    BINARY,
    [
      `--config.file=${join(dir, 'prometheus.yml')}`,
      `--storage.tsdb.path=${join(dir, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
      '--log.level=error',
    ],
    { stdio: 'ignore' },
  );
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  try {
    const url = `http://127.0.0.1:${port}/metrics`;
    // The first rounds find no series yet, or have yet to make their caches.
    const from = await after(url, 3);
    const cpuFrom = cpuMsOf(child.pid);
    const to = await after(url, from.rounds + ROUNDS);
    const cpuTo = cpuMsOf(child.pid);
    const rules = of.metrics * of.rulesPerMetric;
    const evaluations = (to.rounds - from.rounds) * rules * of.stores;
    const cpuMs = cpuFrom === undefined || cpuTo === undefined ? undefined : cpuTo - cpuFrom;
    return {
      version: versionOf(),
      rules,
      series: of.metrics * of.stores,
      evaluations,
      micros: ((to.seconds - from.seconds) * 1e6) / evaluations,
      cpuMicros: cpuMs === undefined ? undefined : (cpuMs * 1000) / evaluations,
    };
  } finally {
    child.kill();
    await ended;
    exporter.close();
    rmSync(dir, { recursive: true, force: true });
  }
}

/** One group: its rules are evaluated one after the other, so rounds are the group's iterations. */
function rulesOf({ metrics, rulesPerMetric }: { metrics: number; rulesPerMetric: number }): string {
  const lines = ['groups:', '- name: bench', `  interval: ${EVALUATE_EVERY_S}s`, '  rules:'];
  for (let metric = 0; metric < metrics; metric++)
    for (let rule = 0; rule < rulesPerMetric; rule++)
      lines.push(`  - alert: r${metric}_${rule}`, `    expr: watched_${metric} >= ${1e9 - rule}`);
  return `${lines.join('\n')}\n`;
}

const configOf = (port: number): string => `global:
  scrape_interval: 1s
rule_files: [rules.yml]
scrape_configs:
- job_name: bench
  static_configs: [{ targets: ['127.0.0.1:${port}'] }]
`;

async function openExporter({
  metrics,
  stores,
}: {
  metrics: number;
  stores: number;
}): Promise<{ readonly port: number; readonly close: () => void }> {
  const lines: string[] = [];
  for (let metric = 0; metric < metrics; metric++) {
    lines.push(`# TYPE watched_${metric} gauge`);
    for (let store = 0; store < stores; store++)
      lines.push(`watched_${metric}{store="S${store}"} ${store}`);
  }
  const text = `${lines.join('\n')}\n`;
  const server = createServer((_, response) =>
    response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4' }).end(text),
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Its counters once so many rounds are done. */
async function after(
  url: string,
  rounds: number,
): Promise<{ readonly rounds: number; readonly seconds: number }> {
  const deadlineMs = performance.now() + READY_WITHIN_MS + rounds * EVALUATE_EVERY_S * 1000;
  while (performance.now() < deadlineMs) {
    const text = await fetch(url).then(
      (answer) => answer.text(),
      () => '',
    );
    const done = valueOf(text, /^prometheus_rule_group_iterations_total\{.*\} (\S+)$/m);
    const seconds = valueOf(text, /^prometheus_rule_evaluation_duration_seconds_sum (\S+)$/m);
    if (done >= rounds) return { rounds: done, seconds };
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
  throw new Error('Prometheus does not evaluate its rules');
}

const valueOf = (text: string, pattern: RegExp): number => Number(pattern.exec(text)?.[1] ?? 0);

const versionOf = (): string =>
  /version (\S+)/.exec(execFileSync(BINARY, ['--version'], { encoding: 'utf8' }))?.[1] ?? '';
