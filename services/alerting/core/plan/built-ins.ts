import type { BuiltInRule } from '../../../kernel/built-in-rules.ts';
import type {
  AlertRuleDefinition,
  Catalog,
  EventTypeDefinition,
  MetricDefinition,
  OwnerRef,
  SimpleMetric,
} from '../../../kernel/definitions.ts';
import { SECOND_MS } from '../../../kernel/time.ts';
import type { DurationMs } from '../../../kernel/time.ts';
import { zoneCalendar } from '../../../kernel/window.ts';
import { heldUntil, subscribersOf } from '../people/hearers.ts';
import { digestPlansOf } from '../sending/digest-plan.ts';
import type { DigestPlan } from '../sending/digest-plan.ts';
import type { AddressedRoute, RulePlan } from './plan.ts';
import { addressed, recipientsOf, stepRouteOf, uniqueRecipients } from '../people/recipients.ts';
import { refName } from '../people/ref-name.ts';
import { routeOf } from '../people/responsibility.ts';

/** What the system watches of itself, made ready from the catalogue. */
export type BuiltIns = {
  /** Event types that have an idle time-out. */
  readonly sources: ReadonlyMap<string, { readonly idleMs: DurationMs; readonly plan: RulePlan }>;
  /** By rule, with its version and whether it is paused: how its metric's owner is told that it has more series than are watched. */
  readonly degraded: ReadonlyMap<string, RulePlan>;
  /** By receiver: how others are told that it is told nothing. */
  readonly receivers?: ReadonlyMap<string, RulePlan>;
  readonly watchdog?: { readonly everyMs: DurationMs; readonly plan: RulePlan };
  /** Ids of metrics whose ticks say how a watched source is. */
  readonly tickMetrics: ReadonlySet<string>;
  readonly digests?: readonly DigestPlan[];
};
export const NO_BUILT_INS: BuiltIns = {
  sources: new Map(),
  degraded: new Map(),
  tickMetrics: new Set(),
};

export function builtInsOf(catalog: Catalog): BuiltIns {
  const simple = [...catalog.metrics.values()].filter((one) => one.kind === 'simple');
  const sources = new Map(
    [...catalog.eventTypes.values()].flatMap((type) => {
      const { idleTimeoutMs: idleMs } = type;
      const reader = simple.find(({ event }) => event === type.id);
      if (idleMs === undefined || !reader) return [];
      return [[type.id, { idleMs, plan: sourcePlan(type, { reader, idleMs, catalog }) }] as const];
    }),
  );
  const degraded = new Map(
    [...catalog.rules.values()].flatMap((rule) => {
      const metric = catalog.metrics.get(rule.metric);
      if (!metric) return [];
      const when = 'series > watched series';
      const plan = planOf({ id: 'rule-degraded', severity: 'warning', when, metric }, catalog);
      const { version, paused } = rule;
      const own = { ...plan.rule, version, ...(paused ? { paused } : {}) };
      return [[rule.id, { ...plan, rule: own }] as const];
    }),
  );
  const { watchdog } = catalog.settings;
  return {
    digests: digestPlansOf(catalog),
    sources,
    degraded,
    receivers: new Map(
      [...catalog.receivers.keys()].map((id) => [id, receiverPlan(id, catalog)] as const),
    ),
    ...(watchdog
      ? { watchdog: { everyMs: watchdog.everyMs, plan: watchdogPlan(watchdog.receiver, catalog) } }
      : {}),
    tickMetrics: new Set(simple.filter(({ event }) => sources.has(event)).map(({ id }) => id)),
  };
}

/** A source stands where a metric stands in other alerts: its owner answers, in seconds of silence. */
function sourcePlan(
  type: EventTypeDefinition,
  of: { reader: SimpleMetric; idleMs: DurationMs; catalog: Catalog },
): RulePlan {
  const { reader, idleMs, catalog } = of;
  const owner = type.owner ?? catalog.settings.fallbackTeam ?? reader.owner;
  const metric = standIn(type.id, { name: type.name ?? { en: type.id }, owner, unit: 's' });
  const when = `silence >= ${idleMs / SECOND_MS}`;
  return planOf({ id: 'source-silent', severity: 'critical', when, metric }, catalog);
}

function watchdogPlan(receiver: string, catalog: Catalog): RulePlan {
  const owner: OwnerRef = catalog.settings.fallbackTeam ?? 'team:none';
  const metric = standIn('watchdog', { name: BUILT_IN_NAMES.watchdog, owner, unit: 's' });
  const plan = planOf({ id: 'watchdog', severity: 'info', when: 'true', metric }, catalog);
  const route: AddressedRoute = {
    accountable: null,
    deputy: null,
    via: 'settings',
    receivers: [receiver],
    recipients: [{ receiver, to: null, locale: 'en', timezone: 'UTC' }],
    escalation: [],
  };
  return { ...plan, routeOf: () => route, subscribersOf: () => [], heldUntil: () => null };
}

/** Those who use the receiver, and the fallback team: by all that they have beside it. */
function receiverPlan(receiver: string, catalog: Catalog): RulePlan {
  const { fallbackTeam } = catalog.settings;
  const users = usersOf(catalog, receiver);
  const [owner = 'team:none'] = fallbackTeam ? [fallbackTeam] : users;
  const { en = receiver, zh = en } = refName(catalog, `receiver:${receiver}`) ?? {};
  const metric = standIn(receiver, {
    name: { en: `Messages given up at receiver ${en}`, zh: `接收渠道 ${zh} 放弃投递的消息` },
    owner,
    unit: '1',
  });
  const when = 'messages given up > 0';
  const plan = planOf({ id: 'receiver-unreachable', severity: 'warning', when, metric }, catalog);
  const routeOf: RulePlan['routeOf'] = (_labels, atMs, toldMs = atMs) => {
    const told = [...users, ...(fallbackTeam ? [fallbackTeam] : [])];
    const recipients = uniqueRecipients(
      told.flatMap((ref) => recipientsOf(catalog, ref, toldMs)),
    ).filter((one) => one.receiver !== receiver);
    return {
      accountable: told.length === 0 ? null : owner,
      deputy: null,
      via: 'settings',
      receivers: recipients.map((one) => one.receiver),
      recipients,
      escalation: [],
    };
  };
  return { ...plan, routeOf };
}

const usersOf = ({ people, teams }: Catalog, receiver: string): readonly OwnerRef[] => [
  ...[...people.values()].flatMap(({ id, receivers }): OwnerRef[] =>
    receivers.includes(receiver) ? [`person:${id}`] : [],
  ),
  ...[...teams.values()].flatMap(({ id, receivers }): OwnerRef[] =>
    receivers.includes(receiver) ? [`team:${id}`] : [],
  ),
];

export const BUILT_IN_NAMES: Readonly<Record<BuiltInRule, AlertRuleDefinition['name']>> = {
  'source-silent': { en: 'Source is silent', zh: '数据源静默' },
  'rule-degraded': { en: 'Rule watches only part of its series', zh: '规则仅监控部分序列' },
  'receiver-unreachable': { en: 'Receiver cannot be reached', zh: '接收渠道无法送达' },
  watchdog: { en: 'Alerts are evaluated', zh: '告警评估正常' },
};

/** What their alerts are told apart by. */
const SUBJECT_NAMES: NonNullable<MetricDefinition['dimensionNames']> = {
  source: { en: 'Source', zh: '数据源' },
  rule: { en: 'Rule', zh: '规则' },
  receiver: { en: 'Receiver', zh: '接收渠道' },
};

function standIn(
  id: string,
  of: { name: MetricDefinition['name']; owner: OwnerRef; unit: string },
): MetricDefinition {
  return {
    kind: 'derived',
    id,
    version: '',
    name: of.name,
    owner: of.owner,
    tags: [],
    unit: { code: of.unit, scale: 0 },
    dimensionNames: SUBJECT_NAMES,
    direction: 'none',
    formula: '',
    inputs: [],
    timezone: 'UTC',
    breakdowns: [[]],
    grains: ['minute'],
  };
}

/** A plan by which nothing is judged: what it says is decided by core/watch-itself.ts. */
function planOf(
  of: Pick<AlertRuleDefinition, 'severity' | 'when'> & {
    readonly id: BuiltInRule;
    readonly metric: MetricDefinition;
  },
  catalog: Catalog,
): RulePlan {
  const { id, severity, when, metric } = of;
  return {
    rule: {
      id,
      version: '1',
      name: BUILT_IN_NAMES[id],
      metric: metric.id,
      by: [],
      window: { kind: 'grain', grain: 'minute' },
      evaluate: 'onClose',
      when,
      keepFiringMs: 0,
      noData: 'keepLast',
      minCount: 0,
      severity,
      notify: {},
    },
    metric,
    calendar: zoneCalendar('UTC'),
    grain: 'minute',
    memory: '',
    sizeKey: '',
    isSingleCell: true,
    latenessMs: 0,
    sources: [],
    delayMs: 0,
    driverShare: 100,
    judge: () => 'inconclusive',
    lookBacks: [],
    lookBackWindows: () => new Map(),
    threshold: null,
    routeOf: (labels, atMs, toldMs = atMs) =>
      addressed(catalog, routeOf(catalog, metric, { labels, atMs, toldMs }), {
        metric,
        labels,
        atMs,
        toldMs,
      }),
    stepRouteOf: (to, toldMs) => stepRouteOf(catalog, metric, { to, toldMs }),
    subscribersOf: (labels, toldMs) =>
      subscribersOf(catalog, { metric: metric.id, rule: id, labels, severity }, toldMs),
    nameOf: (ref) => refName(catalog, ref),
    heldUntil: (to, toldMs) => heldUntil(catalog, { to, severity }, toldMs),
  };
}
