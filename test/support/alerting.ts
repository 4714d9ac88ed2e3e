import { BLANK_COMMAND } from '../../services/kernel/command.ts';
import type { Command, LoggedCommand } from '../../services/kernel/command.ts';
import type {
  AlertRuleDefinition,
  Catalog,
  WebhookReceiver,
} from '../../services/kernel/definitions.ts';
import type { SecretPlaces } from '../../services/platform/webhook/secret.ts';
import { formatDecimal } from '../../services/kernel/decimal.ts';
import type {
  ClockUpdate,
  MetricUpdate,
  TickUpdate,
  ValueUpdate,
} from '../../services/kernel/update.ts';
import { rulesOf } from '../../services/alerting/adapters/rules.ts';
import { apply } from '../../services/alerting/core/partition/partition.ts';
import type { Emitted, InputRecord } from '../../services/alerting/core/partition/partition.ts';
import type { Links } from '../../services/alerting/core/alert/message.ts';
import { PartitionState } from '../../services/alerting/core/partition/partition-state.ts';
import type { RulePlan } from '../../services/alerting/core/plan/plan.ts';
import { builtInsOf } from '../../services/alerting/core/plan/built-ins.ts';
import { replan } from '../../services/alerting/core/partition/replan.ts';
import { takeUpBuiltIns } from '../../services/alerting/core/partition/watch-itself.ts';
import type { AlertState, Message } from '../../services/alerting/core/alert/episode.ts';
import { aMetric } from './metrics.ts';
import { catalogOf } from './platform.ts';
import type { Definitions } from './platform.ts';

export const HOUR = 3_600_000;

/** A whole hour, long after the epoch. */
export const T0 = 1_700_000_000_000 - (1_700_000_000_000 % HOUR);

/** Hourly sales below 1000: fires at once, resolves at once; tests name only what they are about. */
export const aRule = (over: Partial<AlertRuleDefinition> = {}): AlertRuleDefinition => ({
  id: 'net-sales-low',
  version: 'r1',
  name: { en: 'Sales below plan' },
  metric: 'net-sales',
  by: [],
  window: { kind: 'grain', grain: 'hour' },
  evaluate: 'onClose',
  when: 'value < 1000',
  keepFiringMs: 0,
  noData: 'nodata',
  minCount: 0,
  severity: 'critical',
  notify: {},
  ...over,
});

/** Where definitions may read any variable: tests of channels are about other things. */
export const ANY_VARIABLE: SecretPlaces = {
  TIDEMARK_SECRETS_DIR: [],
  TIDEMARK_SECRETS_ENV: ['*'],
};

export const aReceiver = (over: Partial<WebhookReceiver> = {}): WebhookReceiver => ({
  id: 'ops-hook',
  type: 'webhook',
  url: 'https://hooks.example/ops',
  format: 'standard',
  secret: { env: 'SECRET_OPS_HOOK' },
  ...over,
});

/** Sales with a team that answers for them by one webhook. */
export const salesCatalog = (over: Definitions = {}): Definitions => ({
  metrics: [aMetric({ timezone: 'UTC' })],
  rules: [aRule()],
  teams: [
    { id: 'sales', name: { en: 'Sales' }, members: [], timezone: 'UTC', receivers: ['ops-hook'] },
  ],
  receivers: [aReceiver()],
  ...over,
});

/** The catalogue whose only rule tells low sales, changed so. */
export const lowSales = (over: Partial<AlertRuleDefinition> = {}): Definitions =>
  salesCatalog({ rules: [aRule(over)] });

/** Rules as alerting takes them up. @throws where one cannot be judged */
export function taken(catalog: Catalog): {
  readonly plans: readonly RulePlan[];
  readonly paused: ReadonlySet<string>;
} {
  const { plans, paused, health } = rulesOf(catalog);
  if (health[0]) throw new Error(health[0].detail);
  return { plans, paused };
}
export const plansOf = (catalog: Catalog): readonly RulePlan[] => taken(catalog).plans;

const LINKS: Links = { consoleUrl: 'http://console', ackUrl: () => null };

/** One partition of alerting as a test drives it: values, ticks, clocks; offsets and append times count themselves. */
export type Bench = {
  readonly state: () => PartitionState;
  readonly log: readonly InputRecord[];
  readonly emitted: readonly Emitted[];
  /** The hour that begins `hour` hours after T0 has this value (money, two places) by now. */
  readonly value: (hour: number, value: number, over?: Partial<ValueUpdate>) => readonly string[];
  /** The watermark is `hour` hours after T0. */
  readonly tick: (hour: number, over?: Partial<TickUpdate>) => readonly string[];
  readonly clock: (hour: number) => readonly string[];
  /** A person says it, and the clock of that hour lets it count; of the alert of the total unless told otherwise. */
  readonly say: (
    hour: number,
    command: Partial<Command> & Pick<Command, 'kind'>,
  ) => readonly string[];
  /** An hour with this value closes. */
  readonly hour: (hour: number, value: number) => readonly string[];
  readonly publish: (definitions: Definitions) => readonly string[];
  readonly alert: (series?: string) => AlertState;
  readonly condition: () => string;
  readonly messages: () => readonly Message[];
  /** Message kinds in order. */
  readonly told: () => readonly string[];
};

/** Hours after T0, as a time. */
export const at = (hour: number): number => T0 + hour * HOUR;

export const summary = ({ transition }: Emitted): string =>
  `${transition.kind}: ${transition.reason}`;

export function bench(definitions: Definitions = salesCatalog()): Bench {
  const state = new PartitionState(0, { cursor: 0, activeFrom: 0, logMs: 0, awakeMs: 0 });
  const log: InputRecord[] = [];
  const emitted: Emitted[] = [];
  const messages = new Map<string, Message>();
  takeUpBuiltIns(state, builtInsOf(catalogOf(definitions)));
  replan(state, plansOf(catalogOf(definitions)));
  const commands: LoggedCommand[] = [];
  let appendMs = T0;

  const note = (news: readonly Emitted[]): readonly string[] => {
    emitted.push(...news);
    for (const { alert } of news)
      for (const episode of [...alert.ended, ...(alert.episode ? [alert.episode] : [])])
        for (const message of episode.messages) messages.set(message.id, message);
    return news.map(summary);
  };
  const feed = (update: MetricUpdate): readonly string[] => {
    const record = {
      offset: state.cursor,
      appendMs: (appendMs = Math.max(appendMs, update.at)),
      update,
      ...(update.kind === 'clock' ? { commands: commands.slice(state.commandsNext) } : {}),
    };
    log.push(record);
    return note(apply(state, record, LINKS));
  };
  const cursors = [{ topic: 'events.x', partition: 0, offset: 7 }];
  const bench: Bench = {
    state: () => state,
    log,
    emitted,
    value(hour, value, over = {}) {
      const start = T0 + hour * HOUR;
      const update: ValueUpdate = {
        kind: 'value',
        metric: 'net-sales',
        version: 'v1',
        series: '[]',
        grain: 'hour',
        start,
        end: start + HOUR,
        accumulators: { contributions: 10, sum: value * 100 },
        value: formatDecimal(value * 100, 2),
        state: 'open',
        revision: 0,
        backfilled: false,
        watermark: start,
        cursors,
        at: start,
        ...over,
      };
      return feed(update);
    },
    tick(hour, over = {}) {
      const watermark = T0 + hour * HOUR;
      const update: TickUpdate = {
        kind: 'tick',
        metric: 'net-sales',
        version: 'v1',
        watermark,
        cursors,
        at: watermark,
        ...over,
      };
      return feed(update);
    },
    clock(hour) {
      const now = T0 + hour * HOUR;
      const update: ClockUpdate = {
        kind: 'clock',
        watermark: now,
        at: now,
        commands: commands.length,
      };
      return feed(update);
    },
    say(hour, said) {
      const command: Command = {
        ...BLANK_COMMAND,
        id: `request-${commands.length}`,
        target: said.silence ? 'sil-1' : ([...state.tracks.keys()][0] ?? ''),
        by: 'person:li-wei',
        at: T0 + hour * HOUR,
        ...said,
      };
      commands.push({ offset: commands.length, command });
      return bench.clock(hour);
    },
    hour: (hour, value) => [...bench.value(hour, value), ...bench.tick(hour + 1)],
    publish(next) {
      const { plans, paused } = taken(catalogOf(next));
      const { emitted: rules } = replan(state, plans, { paused });
      return note([...rules, ...takeUpBuiltIns(state, builtInsOf(catalogOf(next)))]);
    },
    alert(series = '[]') {
      const found = [...state.tracks.values()].find(({ alert }) => alert.series === series);
      if (!found) throw new Error(`no alert of ${series}`);
      return found.alert;
    },
    condition: () => bench.alert().machine.condition,
    messages: () => [...messages.values()],
    told: () => [...messages.values()].map(({ kind }) => kind),
  };
  bench.tick(0);
  return bench;
}

/** What comes of steps that are taken one after the other. */
export function outcomeOf<T>(steps: Generator<unknown, T>): T {
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}
