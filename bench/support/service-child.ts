import { flushCompileCache } from 'node:module';
import { giveWay } from '../../services/cli/priority.ts';
import type { CatalogView, StartService } from '../../services/platform/platform.ts';
import type { Catalog } from '../../services/kernel/definitions.ts';
import { alertingCatalog } from '../alerting/catalog.ts';
import type { AlertingScenario } from '../alerting/catalog.ts';
import { benchCatalog, benchMetrics, manyTypes } from '../orders/catalog.ts';
import { latencyCatalog } from '../orders/latency-catalog.ts';
import { readCatalog } from '../orders/read-catalog.ts';
import { receiveTask, tellParent, toldToStop } from './child.ts';
import { answerProfiling } from './profile.ts';
import { runServices } from './services.ts';

/** Some services in a process of their own. */
export type ServiceTask = {
  readonly env: Readonly<Record<string, string>>;
  readonly services: readonly ('ingest' | 'aggregator' | 'alerting' | 'console')[];
  readonly catalog:
    | { readonly kind: 'orders'; readonly metrics: number; readonly version: string }
    | { readonly kind: 'latency'; readonly webhookUrl: string }
    /** So many event types, each with a topic and a metric. */
    | { readonly kind: 'idle'; readonly eventTypes: number }
    | { readonly kind: 'read' }
    | ({ readonly kind: 'alerting' } & AlertingScenario);
};

const STARTERS: Readonly<
  Record<ServiceTask['services'][number], () => Promise<{ readonly start: StartService }>>
> = {
  ingest: () => import('../../services/ingest/main.ts'),
  aggregator: () => import('../../services/aggregator/main.ts'),
  alerting: () => import('../../services/alerting/main.ts'),
  console: () => import('../../services/console/main.ts'),
};

function catalogOf(wanted: ServiceTask['catalog']): Catalog {
  switch (wanted.kind) {
    case 'orders':
      return benchCatalog(
        benchMetrics(wanted.metrics, wanted.version).map(({ definition }) => definition),
      );
    case 'latency':
      return latencyCatalog(wanted.webhookUrl);
    case 'idle':
      return manyTypes(wanted.eventTypes);
    case 'read':
      return readCatalog();
    case 'alerting':
      return alertingCatalog(wanted);
  }
}

/** Another number of metrics, while it runs. */
export type CatalogChange = { readonly kind: 'catalog'; readonly catalog: ServiceTask['catalog'] };

function changeable(first: Catalog): CatalogView {
  let current = first;
  const listeners = new Set<(catalog: Catalog) => void>();
  process.on('message', (message: CatalogChange) => {
    if (message.kind !== 'catalog') return;
    current = catalogOf(message.catalog);
    for (const listener of listeners) listener(current);
  });
  return {
    current: () => current,
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

async function run(task: ServiceTask): Promise<void> {
  giveWay(task.services);
  const modules = await Promise.all(task.services.map((name) => STARTERS[name]()));
  const { url, stop } = await runServices(
    task.env,
    changeable(catalogOf(task.catalog)),
    modules.map(({ start }) => start),
  );
  // As services/cli/process.ts does.
  flushCompileCache();
  answerProfiling();
  tellParent({ kind: 'ready', url });
  await toldToStop();
  await stop();
  process.disconnect?.();
}

if (import.meta.main) await run(await receiveTask<ServiceTask>());
