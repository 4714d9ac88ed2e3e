import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { once } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';

/** One series with its samples, as a Prometheus would have scraped them. */
export type ScrapedSeries = {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly samples: readonly { readonly timeMs: number; readonly value: number }[];
};

export type PrometheusServer = {
  readonly url: string;
  readonly stop: () => Promise<void>;
};

const READY_WITHIN_MS = 20_000;

/**
 * A real Prometheus whose storage holds these samples: they are written as blocks, so it scrapes nothing and needs no clock.
 * @param options.lookBack such as `59m59s999ms`
 */
export async function startPrometheus(
  series: readonly ScrapedSeries[],
  options: { readonly lookBack: string },
): Promise<PrometheusServer> {
  const folder = mkdtempSync(join(tmpdir(), 'tidemark-peer-'));
  const input = join(folder, 'samples.om');
  writeFileSync(input, openMetrics(series));
  const blocks = join(folder, 'data');
  const made = spawnSync(
    'promtool',
    ['tsdb', 'create-blocks-from', 'openmetrics', '-q', input, blocks],
    { encoding: 'utf8' },
  );
  if (made.status !== 0) throw new Error(`promtool: ${made.stdout}${made.stderr}`);
  const config = join(folder, 'prometheus.yml');
  writeFileSync(config, 'global: {}\n');
  const url = `http://127.0.0.1:${await freePort()}`;
  const child = spawn(
    'prometheus',
    [
      `--config.file=${config}`,
      `--storage.tsdb.path=${blocks}`,
      '--storage.tsdb.retention.time=100y',
      `--web.listen-address=${new URL(url).host}`,
      `--query.lookback-delta=${options.lookBack}`,
      '--log.level=error',
    ],
    { stdio: 'ignore' },
  );
  const stop = async (): Promise<void> => {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
    rmSync(folder, { recursive: true, force: true });
  };
  const deadlineMs = performance.now() + READY_WITHIN_MS;
  while (performance.now() < deadlineMs && child.exitCode === null) {
    const isReady = await fetch(`${url}/-/ready`).then(
      ({ ok }) => ok,
      () => false,
    );
    if (isReady) return { url, stop };
    await wait(50);
  }
  await stop();
  throw new Error('Prometheus was not ready in time');
}

function openMetrics(series: readonly ScrapedSeries[]): string {
  const lines: string[] = [];
  for (const [name, group] of Map.groupBy(series, (one) => one.name)) {
    lines.push(`# TYPE ${name} gauge`);
    for (const { labels, samples } of group) {
      const pairs = Object.entries(labels).map(([key, text]) => `${key}=${JSON.stringify(text)}`);
      for (const { timeMs, value } of samples)
        lines.push(`${name}{${pairs.join(',')}} ${value} ${timeMs / 1_000}`);
    }
  }
  return `${lines.join('\n')}\n# EOF\n`;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
