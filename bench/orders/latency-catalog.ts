import type {
  AlertRuleDefinition,
  Catalog,
  SimpleMetric,
} from '../../services/kernel/definitions.ts';
import { benchCatalog, benchMetrics } from './catalog.ts';

const VERSION = 'v1';

/** Orders of this status are probes: each has a series of its own, so that the moment at which it counts can be seen. */
export const PROBE_STATUS = 'probe';
export const BREACH_STATUS = 'breach';

/** Signs the bench's webhooks; the secret is of this run only. */
export const WEBHOOK_SECRET_VARIABLE = 'SECRET_BENCH_WEBHOOK';

const probeMetric = (id: string, status: string): SimpleMetric => ({
  ...(benchMetrics(1, VERSION)[0] as { definition: SimpleMetric }).definition,
  id,
  where: `data.status == "${status}"`,
  value: 'data.quantity',
  valueScale: 0,
  unit: { code: '1', scale: 0 },
  dimensions: { probe: 'data.store_id' },
  breakdowns: [['probe']],
  grains: ['minute', 'hour'],
  maxSeries: 1_000_000,
});

export const PROBES = probeMetric('probes', PROBE_STATUS);
export const BREACHES = probeMetric('breaches', BREACH_STATUS);

const RULE: AlertRuleDefinition = {
  id: 'any-breach',
  version: VERSION,
  name: { en: 'Any breach' },
  metric: BREACHES.id,
  by: ['probe'],
  window: { kind: 'grain', grain: 'hour' },
  evaluate: 'onUpdate',
  when: 'value > 0',
  keepFiringMs: 0,
  noData: 'keepLast',
  minCount: 0,
  severity: 'critical',
  notify: {},
};

/** Teams by id, each with one webhook; the first answers for whatever is nobody's. */
export function tellingHooks(
  hooks: Readonly<Record<string, string>>,
): Pick<Catalog, 'teams' | 'receivers' | 'settings'> {
  const of = Object.entries(hooks).map(([id, url]) => ({ id, url, hook: `${id}-hook` }));
  const secret = { env: WEBHOOK_SECRET_VARIABLE };
  return {
    teams: new Map(
      of.map(({ id, hook }) => [
        id,
        { id, name: { en: id }, members: [], timezone: 'UTC', receivers: [hook] },
      ]),
    ),
    receivers: new Map(
      of.map(({ url, hook }) => [
        hook,
        { id: hook, type: 'webhook' as const, url, format: 'standard' as const, secret },
      ]),
    ),
    settings: { fallbackTeam: `team:${of[0]?.id}` },
  };
}

/** The ten metrics as load, a metric of probes, and a metric whose every new series breaches its rule. */
export const latencyCatalog = (webhookUrl: string): Catalog =>
  benchCatalog(
    [...benchMetrics(2, VERSION).map(({ definition }) => definition), PROBES, BREACHES],
    { rules: new Map([[RULE.id, RULE]]), ...tellingHooks({ bench: webhookUrl }) },
  );
