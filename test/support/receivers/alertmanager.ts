import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createServer as createTcpServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { alertmanagerCommand } from '../../../infra/bootstrap/optional.mjs';

/** What `GET /api/v2/alerts` of a real Alertmanager says. */
export type HeldAlert = {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly startsAt: string;
  readonly endsAt: string;
  readonly generatorURL: string;
  readonly fingerprint: string;
  readonly status: { readonly state: string };
};
export type RealAlertmanager = {
  readonly url: string;
  readonly alerts: () => Promise<readonly HeldAlert[]>;
  /** Bodies that its own webhook integration sent. */
  readonly sent: readonly unknown[];
  /** It ends and is started anew, with nothing in its memory. */
  readonly restart: () => Promise<void>;
  readonly [Symbol.asyncDispose]: () => Promise<void>;
};

/** Every alert is a group of its own, told at once. */
const configOf = (hook: string): string =>
  JSON.stringify({
    route: {
      receiver: 'hook',
      group_by: ['...'],
      group_wait: '0s',
      group_interval: '1s',
      repeat_interval: '1h',
    },
    receivers: [{ name: 'hook', webhook_configs: [{ url: hook, send_resolved: true }] }],
  });

/** A real Prometheus Alertmanager on this machine, whose webhook is listened to. */
export async function startAlertmanager(): Promise<RealAlertmanager> {
  const command = alertmanagerCommand();
  if (command === undefined) throw new Error('no Alertmanager is installed');
  const folder = mkdtempSync(join(tmpdir(), 'tidemark-alertmanager-'));
  const sent: unknown[] = [];
  const hook = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      sent.push(JSON.parse(Buffer.concat(parts).toString('utf8')));
      response.writeHead(200).end();
    });
  });
  hook.listen(0, '127.0.0.1');
  await once(hook, 'listening');
  const config = join(folder, 'alertmanager.yml');
  writeFileSync(config, configOf(`http://127.0.0.1:${(hook.address() as AddressInfo).port}/`));
  const address = `127.0.0.1:${await freePort()}`;
  const url = `http://${address}`;
  const start = async () => {
    const child = spawn(
      command,
      [
        `--config.file=${config}`,
        `--storage.path=${join(folder, 'data')}`,
        `--web.listen-address=${address}`,
        '--cluster.listen-address=',
      ],
      { stdio: 'ignore' },
    );
    await untilReady(url);
    return child;
  };
  // In order, so that it writes down whom it told; alerts it keeps nowhere.
  const end = async (child: Awaited<ReturnType<typeof start>>): Promise<void> => {
    const ended = once(child, 'exit');
    child.kill('SIGTERM');
    await ended;
  };
  let child = await start();
  return {
    url,
    sent,
    alerts: async () => (await (await fetch(`${url}/api/v2/alerts`)).json()) as HeldAlert[],
    async restart() {
      await end(child);
      child = await start();
    },
    async [Symbol.asyncDispose]() {
      await end(child);
      hook.close();
      hook.closeAllConnections();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function freePort(): Promise<number> {
  const server = createTcpServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

const READY_MS = 20_000;
async function untilReady(url: string): Promise<void> {
  const untilMs = Date.now() + READY_MS;
  for (;;) {
    const isReady = await fetch(`${url}/-/ready`).then(
      ({ ok }) => ok,
      () => false,
    );
    if (isReady) return;
    if (Date.now() > untilMs) throw new Error(`Alertmanager is not ready after ${READY_MS} ms`);
    await new Promise((resolve) => {
      setTimeout(resolve, 20);
    });
  }
}
