import type { StartService } from '../../services/platform/platform.ts';
import { benchCatalog, benchMetrics } from '../orders/catalog.ts';
import { latencyCatalog } from '../orders/latency-catalog.ts';
import { receiveTask, tellParent, toldToStop } from './child.ts';
import { answerProfiling } from './profile.ts';
import { runServices } from './services.ts';

/** Some services in a process of their own. */
export type ServiceTask = {
  readonly env: Readonly<Record<string, string>>;
  readonly services: readonly ('ingest' | 'aggregator' | 'alerting')[];
  readonly catalog:
    | { readonly kind: 'orders'; readonly metrics: number; readonly version: string }
    | { readonly kind: 'latency'; readonly webhookUrl: string };
};

const STARTERS: Readonly<
  Record<ServiceTask['services'][number], () => Promise<{ readonly start: StartService }>>
> = {
  ingest: () => import('../../services/ingest/main.ts'),
  aggregator: () => import('../../services/aggregator/main.ts'),
  alerting: () => import('../../services/alerting/main.ts'),
};

async function run(task: ServiceTask): Promise<void> {
  const catalog =
    task.catalog.kind === 'orders'
      ? benchCatalog(
          benchMetrics(task.catalog.metrics, task.catalog.version).map(
            ({ definition }) => definition,
          ),
        )
      : latencyCatalog(task.catalog.webhookUrl);
  const modules = await Promise.all(task.services.map((name) => STARTERS[name]()));
  const { url, stop } = await runServices(
    task.env,
    catalog,
    modules.map(({ start }) => start),
  );
  answerProfiling();
  tellParent({ kind: 'ready', url });
  await toldToStop();
  await stop();
  process.disconnect?.();
}

if (import.meta.main) await run(await receiveTask<ServiceTask>());
