import { join } from 'node:path';
import { WEBHOOK_SECRET_VARIABLE } from '../orders/latency-catalog.ts';
import { startChild } from './child.ts';
import type { Child } from './child.ts';
import type { ServiceTask } from './service-child.ts';
import type { World } from './world.ts';
import { environmentOf } from './world.ts';

const ALERT_PATH = ['ingest', 'aggregator', 'alerting'] as const;

/**
 * The services from an event to its alert, each a process of its own, in this order; messages are signed with a secret of
 * this run. Whoever starts them stops them, also those that do not become ready.
 */
export function startAlertPath(
  world: World,
  of: {
    readonly prefix: string;
    /** Of the files that they log to. */
    readonly name: string;
    readonly catalog: ServiceTask['catalog'];
  },
): readonly Child[] {
  const random = Buffer.from(crypto.getRandomValues(new Uint8Array(24)));
  process.env[WEBHOOK_SECRET_VARIABLE] = `whsec_${random.toString('base64')}`;
  return ALERT_PATH.map((service) =>
    startChild({
      file: 'support/service-child.ts',
      task: {
        env: environmentOf(world.servers, of.prefix),
        services: [service],
        catalog: of.catalog,
      },
      logPath: join(world.outputDir, `${of.name}-${service}.log`),
    }),
  );
}

/** Where they listen, in their order, when all are ready. */
export const readyUrls = async (children: readonly Child[]): Promise<readonly string[]> => {
  const ready = await Promise.all(
    children.map((child) => child.next<{ kind: 'ready'; url: string }>('ready')),
  );
  return ready.map(({ url }) => url);
};
