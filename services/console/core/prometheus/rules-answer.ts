import type { AlertRecord } from '../../../kernel/alert.ts';
import type { AlertRuleDefinition, Catalog } from '../../../kernel/definitions.ts';
import { labelsOf } from '../../../kernel/series.ts';
import { formatRfc3339 } from '../../../kernel/time.ts';
import type { EpochMs } from '../../../kernel/time.ts';
import { seriesName } from './names.ts';

/** Alerts and rules as Prometheus lists them; conditions are Tidemark's own and no PromQL. */

type PrometheusAlert = {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly state: 'pending' | 'firing';
  readonly activeAt: string;
  readonly value: string;
};

/** Recovering and nodata are open episodes, of which people were told: they fire as well. */
const stateOf = ({ state }: AlertRecord): PrometheusAlert['state'] =>
  state === 'pending' ? 'pending' : 'firing';

function prometheusAlert(
  record: AlertRecord,
  rule: AlertRuleDefinition | undefined,
): PrometheusAlert {
  return {
    labels: {
      ...labelsOf(record.series),
      alertname: record.rule,
      metric: seriesName(record.metric),
      severity: record.severity,
    },
    annotations: {
      condition: record.state,
      ...(rule ? { summary: rule.name.en } : {}),
      ...(rule?.runbook === undefined ? {} : { runbook_url: rule.runbook }),
      ...(record.accountable === null ? {} : { accountable: record.accountable }),
      ...(record.threshold === null ? {} : { threshold: record.threshold }),
    },
    state: stateOf(record),
    activeAt: formatRfc3339(record.episode?.startedAt ?? record.at),
    value: record.value ?? 'NaN',
  };
}

/** `data` of `alerts`. @param open records of alerts whose condition is not ok */
export const alertsData = (catalog: Catalog, open: readonly AlertRecord[]): object => ({
  alerts: open.map((record) => prometheusAlert(record, catalog.rules.get(record.rule))),
});

/** What Grafana takes for no time at all: of what was never looked at. */
const NEVER = '0001-01-01T00:00:00Z';

/**
 * `data` of `rules`: a group for each metric that has rules. Whether they can be judged is for `GET /v1/alerts` to say. A
 * rule was evaluated last when its metric's watermark came to where it is.
 * @param at.watermarks epoch ms by metric; those that nothing was counted of are absent
 */
export function rulesData(
  catalog: Catalog,
  at: {
    readonly open: readonly AlertRecord[];
    readonly watermarks: ReadonlyMap<string, EpochMs>;
  },
): object {
  const { open, watermarks } = at;
  const lookedAt = (metric: string): string => {
    const watermarkMs = watermarks.get(metric);
    return watermarkMs === undefined ? NEVER : formatRfc3339(watermarkMs);
  };
  const byRule = Map.groupBy(open, ({ rule }) => rule);
  const rules = [...catalog.rules.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
  const groups = [...Map.groupBy(rules, ({ metric }) => metric)].map(([metric, own]) => ({
    name: metric,
    file: 'catalog',
    interval: 1,
    limit: 0,
    evaluationTime: 0,
    lastEvaluation: lookedAt(metric),
    rules: own.map((rule) => ({
      ...ruleData(rule, byRule.get(rule.id) ?? []),
      lastEvaluation: rule.paused ? NEVER : lookedAt(metric),
    })),
  }));
  return { groups: groups.sort((a, b) => (a.name < b.name ? -1 : 1)) };
}

function ruleData(rule: AlertRuleDefinition, open: readonly AlertRecord[]): object {
  const alerts = open.map((record) => prometheusAlert(record, rule));
  const isFiring = alerts.some(({ state }) => state === 'firing');
  return {
    type: 'alerting',
    name: rule.id,
    query: `${seriesName(rule.metric)}: ${rule.when}`,
    duration: rule.for && 'durationMs' in rule.for ? rule.for.durationMs / 1_000 : 0,
    keepFiringFor: rule.keepFiringMs / 1_000,
    labels: { severity: rule.severity },
    annotations: {
      summary: rule.name.en,
      ...(rule.runbook === undefined ? {} : { runbook_url: rule.runbook }),
      ...(rule.paused ? { paused: 'true' } : {}),
    },
    alerts,
    state: isFiring ? 'firing' : alerts.length > 0 ? 'pending' : 'inactive',
    health: 'unknown',
    evaluationTime: 0,
  };
}
