import type { Driver } from '../../../kernel/definitions.ts';
import { labelsOf } from '../../../kernel/series.ts';
import type { AlertState, Check, Episode, Message } from './episode.ts';
import type { Emitted } from '../partition/partition.ts';
import type { PartitionState } from '../partition/partition-state.ts';
import type { RulePlan } from '../plan/plan.ts';

/** An alert of a driver that explains much of what its parent's alert says. */
export type NamedDriver = {
  readonly alert: string;
  readonly rule: string;
  readonly metric: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly operator: Driver['operator'];
  /** Of the parent's deviation, 1 for all of it; with four places. */
  readonly share: number;
  readonly value: string | null;
  readonly previous: string | null;
  readonly accountable: string | null;
};

/** Named in one message at most. */
const NAMED_MAX = 5;
export const DRIVER_SHARE_DEFAULT = 50;

/**
 * What share of the parent's deviation from its previous window the driver explains. Of summands Δdriver / Δparent; of
 * factors by logarithms, so that the shares of all factors add up to one (LMDI). A driver that moves the parent the other way
 * has a negative share.
 * @returns null where it cannot be said: no previous window, no deviation, a factor that is not positive
 * @see Ang, The LMDI approach to decomposition analysis, Energy Policy 33 (2005)
 */
export function shareOf(
  operator: Driver['operator'],
  parent: Pick<Check, 'value' | 'previous'>,
  driver: Pick<Check, 'value' | 'previous'>,
): number | null {
  // An influence is outside of the metric's arithmetic: it explains no share of it.
  if (operator === 'influence') return null;
  if (parent.value === null || parent.previous === null) return null;
  if (driver.value === null || driver.previous === null) return null;
  const [p1, p0] = [Number(parent.value), Number(parent.previous)];
  const [d1, d0] = [Number(driver.value), Number(driver.previous)];
  const isSummand = operator === '+' || operator === '-';
  if (!isSummand && Math.min(p1, p0, d1, d0) <= 0) return null;
  const deviation = isSummand ? p1 - p0 : Math.log(p1 / p0);
  const own = isSummand ? d1 - d0 : Math.log(d1 / d0);
  const sign = operator === '+' || operator === '*' ? 1 : -1;
  return deviation === 0 ? null : Math.round((sign * own * 10_000) / deviation) / 10_000;
}

/**
 * Which of these alerts say why the parent's burns: of a metric that drives the parent's, burning over the same window, with
 * every label that the parent's has, and explaining enough. The greatest share first.
 */
export function driversOf(
  parent: AlertState,
  plan: Pick<RulePlan, 'metric' | 'driverShare'>,
  others: Iterable<AlertState>,
): readonly NamedDriver[] {
  const { last } = parent;
  const edges = new Map((plan.metric.drivers ?? []).map((one) => [one.metric, one.operator]));
  if (!last || edges.size === 0) return [];
  const wanted = Object.entries(labelsOf(parent.series));
  const found: NamedDriver[] = [];
  for (const other of others) {
    const operator = edges.get(other.metric);
    if (!operator || !other.last || other.machine.condition !== 'firing') continue;
    const labels = labelsOf(other.series);
    const { window } = other.last;
    const isSameWindow =
      window.startMs === last.window.startMs && window.endMs === last.window.endMs;
    if (!isSameWindow || !wanted.every(([name, member]) => labels[name] === member)) continue;
    const share = shareOf(operator, last, other.last);
    if (share === null || share * 100 < plan.driverShare) continue;
    found.push({
      alert: other.id,
      rule: other.rule,
      metric: other.metric,
      labels: { ...labels },
      operator,
      share,
      value: other.last.value,
      previous: other.last.previous,
      accountable: other.episode?.route?.accountable ?? null,
    });
  }
  return found
    .toSorted((a, b) => b.share - a.share || (a.alert < b.alert ? -1 : 1))
    .slice(0, NAMED_MAX);
}

/** Alerts that have just fired, of metrics that have drivers: what they say may name these. */
export const askWhy = (
  state: PartitionState,
  emitted: readonly Emitted[],
): readonly { readonly alert: AlertState; readonly plan: RulePlan }[] =>
  [...new Set(emitted.filter(({ transition }) => transition.kind === 'firing').map(idOf))].flatMap(
    (id) => {
      const track = state.tracks.get(id);
      const hasDrivers = (track?.plan?.metric.drivers ?? []).length > 0;
      return track?.plan && track.alert.episode && hasDrivers
        ? [{ alert: track.alert, plan: track.plan }]
        : [];
    },
  );
const idOf = ({ alert }: Emitted): string => alert.id;

/**
 * What was emitted of an alert, with its drivers named in the messages that are new with it. Words only: whether anybody is
 * told, and under which id, is decided already. They are frozen by the record on `alerts` that is written next.
 */
export function namedIn(
  state: PartitionState,
  emitted: readonly Emitted[],
  named: { readonly alert: string; readonly drivers: readonly NamedDriver[] },
): readonly Emitted[] {
  const { alert, drivers } = named;
  const track = state.tracks.get(alert);
  if (!track || drivers.length === 0) return emitted;
  const fresh = freshMessages(emitted, alert);
  const rewrite = (one: AlertState): AlertState =>
    one.episode ? { ...one, episode: withDrivers(one.episode, drivers, fresh) } : one;
  state.setAlert(track, rewrite(track.alert));
  return emitted.map((one) =>
    one.alert.id === alert ? { ...one, alert: rewrite(one.alert), after: rewrite(one.after) } : one,
  );
}

/** Ids of messages that this batch of records decided: those of the episode as it stands, told when it fired. */
function freshMessages(emitted: readonly Emitted[], alert: string): ReadonlySet<string> {
  const own = emitted.filter((one) => one.alert.id === alert);
  const firedMs = new Set(
    own.filter(({ transition }) => transition.kind === 'firing').map(({ atMs }) => atMs),
  );
  return new Set(
    own
      .flatMap((one) => one.alert.episode?.messages ?? [])
      .filter(({ kind, decidedAtMs }) => kind === 'firing' && firedMs.has(decidedAtMs))
      .map(({ id }) => id),
  );
}

const withDrivers = (
  episode: Episode,
  drivers: readonly NamedDriver[],
  fresh: ReadonlySet<string>,
): Episode => ({
  ...episode,
  drivers,
  messages: episode.messages.map((message) =>
    fresh.has(message.id) ? { ...message, body: bodyWith(message, drivers) } : message,
  ),
});

function bodyWith({ body }: Message, drivers: readonly NamedDriver[]): string {
  const parsed = JSON.parse(body) as { data: Record<string, unknown> };
  return JSON.stringify({ ...parsed, data: { ...parsed.data, drivers } });
}
