import type { Catalog, LocalizedText, MetricDefinition, OwnerRef } from './definitions.ts';
import type { Compiled } from './expression/types.ts';
import { seriesKey } from './series.ts';
import type { Labels } from './series.ts';
import type { EpochMs } from './time.ts';
import { formatWindowSize } from './window-size.ts';
import type { WindowSize } from './window.ts';

/** What the windows of a metric are to reach, of one breakdown and size. */
export type TargetDefinition = {
  readonly id: string;
  readonly name?: LocalizedText;
  readonly owner?: OwnerRef;
  readonly metric: string;
  /** Dimensions whose series it is for, in the order of the metric's breakdown; `[]` is the total. */
  readonly by: readonly string[];
  readonly window: WindowSize;
  readonly entries: readonly TargetEntry[];
};
/**
 * Of several that hold for a window the one that names most members wins, then one with an end, then the one that begins
 * last; of what is still alike the one whose dimensions come first by name.
 */
export type TargetEntry = {
  readonly where: Readonly<Record<string, string>>;
  /** Local dates `YYYY-MM-DD` on which windows begin, half-open: from ≤ date < to. */
  readonly from?: string;
  readonly to?: string;
  /** Decimal at the scale of the metric's unit. */
  readonly value: string;
};

/**
 * What a window of a series is to reach, a decimal at the scale of the metric's unit.
 * @param stepMs start of the window's last step: for windows that do not overlap, of the window
 * @returns null when no target holds for it
 */
export type TargetOf = (labels: Labels, stepMs: EpochMs) => string | null;

/** Whether a condition compares with the target. */
export const readsTarget = ({ paths }: Pick<Compiled, 'paths'>): boolean =>
  paths.some(([name]) => name === 'target');

type Scope = Pick<TargetDefinition, 'metric' | 'by' | 'window'>;

/** Targets with the same key are for the same windows of the same series. */
export const targetKey = ({ metric, by, window }: Scope): string =>
  JSON.stringify([metric, by.toSorted(), formatWindowSize(window)]);

/** Dates whose text is at hand: one window is looked at for every series in turn. */
const DATES_AT_HAND = 1_000;

/**
 * The targets of a metric's windows of one size, over one breakdown. Law: a target holds for a window when the local
 * date on which its last step begins lies in [from, to) and the series has the members of `where`.
 * @returns undefined when no target is for such windows
 */
export function targetsOf(
  { targets }: Pick<Catalog, 'targets'>,
  { id: metric, timezone }: MetricDefinition,
  scope: Omit<Scope, 'metric'>,
): TargetOf | undefined {
  if (targets === undefined || targets.size === 0) return undefined;
  const key = targetKey({ metric, ...scope });
  const entries = [...targets.values()].flatMap((one) =>
    one.metric === metric && targetKey(one) === key ? one.entries : [],
  );
  if (entries.length === 0) return undefined;
  const groups = groupsOf(entries);
  const dates = new Map<EpochMs, string>();
  const dateOf = (stepMs: EpochMs): string => {
    const known = dates.get(stepMs);
    if (known !== undefined) return known;
    if (dates.size >= DATES_AT_HAND) dates.clear();
    const local = Temporal.Instant.fromEpochMilliseconds(stepMs).toZonedDateTimeISO(timezone);
    const date = local.toPlainDate().toString();
    dates.set(stepMs, date);
    return date;
  };
  return (labels, stepMs) => {
    const date = dateOf(stepMs);
    let winner: { readonly entry: TargetEntry; readonly named: number } | undefined;
    for (const { names, byMembers } of groups) {
      if (winner && names.length < winner.named) break;
      const entry = byMembers.get(keyOf(names, labels))?.find((one) => holds(one, date));
      if (entry && (!winner || byPrecedence(entry, winner.entry) < 0))
        winner = { entry, named: names.length };
    }
    return winner?.entry.value ?? null;
  };
}

/** Why a condition cannot compare such windows with their target; undefined where it can. */
export function targetFault(
  catalog: Pick<Catalog, 'targets'>,
  metric: MetricDefinition,
  { by, window }: Omit<Scope, 'metric'>,
): string | undefined {
  if (targetsOf(catalog, metric, { by, window })) return undefined;
  const series = by.length === 0 ? '' : ` by [${by.join(', ')}]`;
  return `there is no target for windows of ${formatWindowSize(window)} of ${metric.id}${series}`;
}

type Group = {
  readonly names: readonly string[];
  /** By the members of these dimensions, what wins first. */
  readonly byMembers: ReadonlyMap<string, readonly TargetEntry[]>;
};

const namesOf = ({ where }: TargetEntry): readonly string[] => Object.keys(where).toSorted();
const keyOf = (names: readonly string[], labels: Labels): string =>
  seriesKey(
    names,
    names.map((name) => labels[name] ?? ''),
  );

/** Those that name most first; of equally many by the names of their dimensions. */
function groupsOf(entries: readonly TargetEntry[]): readonly Group[] {
  const groups = [...Map.groupBy(entries, (entry) => namesOf(entry).join()).values()];
  return groups
    .map((of) => {
      const names = namesOf(of[0] as TargetEntry);
      return {
        names,
        byMembers: Map.groupBy(of.toSorted(byPrecedence), (one) => keyOf(names, one.where)),
      };
    })
    .toSorted(
      (a, b) => b.names.length - a.names.length || (a.names.join() < b.names.join() ? -1 : 1),
    );
}

/** What has an end is the exception from what has none; then the newest. */
const byPrecedence = (a: TargetEntry, b: TargetEntry): number =>
  Number(b.to !== undefined) - Number(a.to !== undefined) ||
  Number((a.from ?? '') < (b.from ?? '')) - Number((b.from ?? '') < (a.from ?? ''));

/** Dates are ISO texts, so their order is that of the text. */
const holds = ({ from, to }: TargetEntry, date: string): boolean =>
  (from === undefined || from <= date) && (to === undefined || date < to);
