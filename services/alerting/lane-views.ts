import type { AlertState } from './core/alert/episode.ts';
import type { PartitionState } from './core/partition/partition-state.ts';
import type { Track } from './core/partition/track.ts';
import { SPEAKER } from './core/partition/watch-itself.ts';
import type { Unsubscribed } from './core/people/unsubscribed.ts';

/** What is asked of all partitions that a process answers for; of one that is being loaded nothing is known. */
export type LaneViews = {
  readonly alerts: () => Iterable<AlertState>;
  /** Alerts, and how far their windows were looked at. */
  readonly tracks: () => Iterable<Track>;
  /** Event types that have an idle time-out and are silent. */
  readonly silentSources: () => ReadonlySet<string>;
  /** Rules with more series than are watched. */
  readonly refusedRules: () => ReadonlySet<string>;
  /** Who follows no more; undefined unless this process answers for the partition that speaks for all. */
  readonly unsubscribed: () => Unsubscribed | undefined;
};

type Lanes = ReadonlyMap<number, { readonly state: PartitionState | undefined }>;

export const laneViews = (lanes: Lanes): LaneViews => ({
  *alerts() {
    for (const { state } of lanes.values())
      for (const { alert } of state?.tracks.values() ?? []) yield alert;
  },
  *tracks() {
    for (const { state } of lanes.values()) yield* state?.tracks.values() ?? [];
  },
  silentSources: () =>
    new Set([...lanes.values()].flatMap(({ state }) => [...(state?.sources.silent() ?? [])])),
  refusedRules: () =>
    new Set([...lanes.values()].flatMap(({ state }) => [...(state?.refusedRules ?? [])])),
  unsubscribed: () => lanes.get(SPEAKER)?.state?.following.unsubscribed,
});

/** Alerts by partition, of those that are loaded. */
export const alertsByPartition = (lanes: Lanes): ReadonlyMap<number, readonly AlertState[]> =>
  new Map(
    [...lanes].flatMap(([partition, { state }]) =>
      state ? [[partition, [...state.tracks.values()].map(({ alert }) => alert)] as const] : [],
    ),
  );
