import type { EpochMs } from '../../../kernel/time.ts';
import type { Grain } from '../../../kernel/window.ts';
import type { MetricProgress } from '../values/cells.ts';
import type { AlertState } from '../alert/episode.ts';
import { byGravity } from '../alert/severity.ts';
import { NO_BUILT_INS } from '../plan/built-ins.ts';
import type { BuiltIns } from '../plan/built-ins.ts';
import { DigestWatch } from '../sending/digest-watch.ts';
import { isAtRest } from '../overlay/overlay-clock.ts';
import { ChangedCells } from './changed-cells.ts';
import { ChangedTracks } from './changed-tracks.ts';
import { encodeField } from './encode-field.ts';
import { Track } from './track.ts';
import type { TrackStart } from './track.ts';
import { FollowWatch } from './follow-watch.ts';
import { LastNumbers } from './last-numbers.ts';
import { lookField } from './look-fields.ts';
import { decodeCell, encodeCell } from './partition-fields.ts';
import { Followers } from './followers.ts';
import { Memory } from '../values/memory.ts';
import type { SeriesMemory } from '../values/memory.ts';
import { Past } from '../values/past.ts';
import type { Sight } from '../values/sight.ts';
import type { RulePlan } from '../plan/plan.ts';
import { planMetricKey } from '../plan/plan.ts';
import { RuleTracks } from './rule-tracks.ts';
import { SharedSights, sightField } from './shared-sights.ts';
import { SourceWatch } from './source-watch.ts';
import { ToldBefore } from './told-before.ts';
import type { Silence } from '../overlay/silence.ts';

/** What the store keeps: small fields, so that a batch writes only what it changed. null deletes. */
export type Fields = ReadonlyMap<string, string | null>;
export type StoredPartition = {
  readonly cursor: number;
  readonly activeFrom: number;
  readonly logMs: EpochMs;
  readonly awakeMs: EpochMs;
  readonly fields: ReadonlyMap<string, string>;
  readonly documents: ReadonlyMap<string, string>;
};
export type Changes = { readonly fields: Fields; readonly documents: Fields };

/**
 * Everything that is known of one partition of `metric-updates`, and which of it changed since the last commit. A
 * structure that changes in place: whoever fails to commit drops it and loads it anew.
 */
export class PartitionState {
  readonly #changedFields = new Set<string>();
  readonly #changed = (field: string): unknown => this.#changedFields.add(field);
  readonly partition: number;
  cursor: number;
  activeFrom: number;
  logMs: EpochMs;
  /** Series that are first seen below this offset only remember: alerting, or their rule, begins there. */
  #dormantBelow: number;
  /** Time of the log since when alerting has been watching without a gap. */
  awakeMs: EpochMs;
  readonly metrics = new Map<string, MetricProgress>();
  /** Cells, and the rules that read them, by `METRIC@VERSION|GRAIN`. */
  readonly memories = new Map<string, Memory>();
  /** What conditions look back to, of before the memories. */
  readonly past = new Past({ encode: encodeCell, decode: decodeCell }, this.#changed);
  readonly tracks = new Map<string, Track>();
  /** `METRIC@VERSION|GRAIN` whose cells are kept. */
  readonly watched = new Set<string>();
  readonly sources = new SourceWatch(this.#changed);
  readonly digests = new DigestWatch(this.#changed);
  readonly following = new FollowWatch(this.#changed);
  readonly lastNumbers = new LastNumbers(this.#changed);
  builtIns: BuiltIns = NO_BUILT_INS;
  /** Rules with more series than are watched. */
  readonly refusedRules = new Set<string>();
  /** Silences and maintenance windows that are not over, by id. */
  readonly silences = new Map<string, Silence>();
  /** Commands below this offset were applied. */
  commandsNext = 0;
  /** Below this offset of `alerts` each alert's last record was found to be its newest; stored with what else changes. */
  checkedNext = 0;
  /** Alerts that the log's time may change: an episode is open, or something waits for its end. */
  readonly wakeful = new Set<Track>();
  /** Alerts of which no window was looked at yet; those that have waited longest come first. */
  readonly unseen = new Set<Track>();
  /** Alerts that were brought back and have yet to come to where they follow the log. */
  readonly followers = new Followers();
  readonly toldBefore = new ToldBefore();
  readonly #tracksByRule = new Map<string, RuleTracks>();
  #plans: ReadonlyMap<string, readonly RulePlan[]> = new Map();
  #metricIds: ReadonlySet<string> = new Set();
  #nextOrder = 0;
  readonly #changedCells = new ChangedCells();
  readonly sights = new SharedSights();
  readonly #changedTracks = new ChangedTracks(this.sights);

  constructor(partition: number, start: Omit<StoredPartition, 'fields' | 'documents'>) {
    this.partition = partition;
    this.cursor = start.cursor;
    this.activeFrom = start.activeFrom;
    this.#dormantBelow = start.activeFrom;
    this.logMs = start.logMs;
    this.awakeMs = start.awakeMs;
  }

  get dormantBelow(): number {
    return this.#dormantBelow;
  }
  setDormantBelow(offset: number): void {
    this.#dormantBelow = offset;
    this.#changedFields.add('b|');
  }
  plansOf(metric: string): readonly RulePlan[] {
    return this.#plans.get(metric) ?? [];
  }
  /** Of all metrics. */
  plans(): Iterable<RulePlan> {
    return this.#plans.values().flatMap((plans) => plans);
  }
  usePlans(plans: readonly RulePlan[]): void {
    // The gravest first: what it says inhibits what the others would say of the same window.
    const ordered = plans.toSorted((a, b) => byGravity(a.rule.severity, b.rule.severity));
    this.#plans = Map.groupBy(ordered, planMetricKey);
    this.#metricIds = new Set(plans.map(({ metric }) => metric.id));
    const readers = Map.groupBy(ordered, ({ memory }) => memory);
    for (const key of readers.keys()) this.memoryOf(key);
    for (const memory of this.memories.values()) memory.usePlans(readers.get(memory.key) ?? []);
  }
  /** Whether any rule reads the metric, whatever its version. */
  readsMetric(metric: string): boolean {
    return this.#metricIds.has(metric);
  }
  tracksOf(rule: string): RuleTracks {
    let tracks = this.#tracksByRule.get(rule);
    if (!tracks) this.#tracksByRule.set(rule, (tracks = new RuleTracks()));
    return tracks;
  }
  memoryOf(key: string): Memory {
    let memory = this.memories.get(key);
    if (!memory) this.memories.set(key, (memory = new Memory(key)));
    return memory;
  }

  addTrack(of: TrackStart & { plan: RulePlan }): Track & { plan: RulePlan };
  addTrack(of: TrackStart): Track;
  addTrack(of: TrackStart): Track {
    const track = this.restoreTrack(of);
    if (track.plan) track.sight = sightField(track.plan, of.alert.series);
    this.#changedTracks.added(track);
    return track;
  }
  /** One that is stored as it is. */
  restoreTrack(of: TrackStart): Track {
    const { id, rule } = of.alert;
    const track = new Track(of, { order: this.#nextOrder++, look: lookField(id) });
    this.tracks.set(id, track);
    this.tracksOf(rule).add(track);
    this.followers.add(track);
    if (track.heardMs !== undefined && track.alert.slots.length === 0) this.unseen.add(track);
    this.#noteRest(track);
    return track;
  }
  /** Its rule is no more: forgets all but its number. */
  retire(track: Track): void {
    this.lastNumbers.note(track.alert.rule, track.alert.sequence);
    this.dropTrack(track);
  }
  dropTrack(track: Track): void {
    const { id, rule } = track.alert;
    this.tracks.delete(id);
    this.tracksOf(rule).delete(track);
    this.wakeful.delete(track);
    this.unseen.delete(track);
    this.#changedTracks.dropped(track);
    track.isDropped = true;
  }
  setAlert(track: Track, alert: AlertState): void {
    const before = track.alert;
    if (before === alert) return;
    this.#changedTracks.change(track).alert = alert;
    if (before.slots.length === 0 && alert.slots.length > 0) this.unseen.delete(track);
    if (before.machine !== alert.machine) this.tracksOf(alert.rule).settle(track);
    const isSame =
      before.episode === alert.episode &&
      before.ended === alert.ended &&
      before.overlay === alert.overlay;
    if (!isSame) this.#noteRest(track);
  }
  /** The alert rests on, and of what it saw it remembers these (core/partition/track.ts). */
  glance(track: Track, sight: Sight, slots: AlertState['slots']): void {
    if (!this.sights.show(track, sight.seen, slots)) this.#changedTracks.change(track);
    track.glance(sight, slots);
  }
  setNext(track: Track, nextStartMs: EpochMs | null): void {
    if (track.nextStartMs === nextStartMs) return;
    const tracks = this.tracksOf(track.lasting.rule);
    tracks.leave(track);
    if (!this.sights.wait(track, nextStartMs)) this.#changedTracks.change(track);
    track.nextStartMs = nextStartMs;
    tracks.wait(track);
  }
  setPlan(track: Track, plan: RulePlan | undefined): void {
    track.plan = plan;
    const sight = plan && sightField(plan, track.alert.series);
    if (track.sight !== sight) this.#changedTracks.change(track).sight = sight;
    this.tracksOf(track.alert.rule).settle(track);
  }
  wake(track: Track): void {
    this.#changedTracks.change(track).isDormant = false;
    this.tracksOf(track.alert.rule).settle(track);
  }
  /** From this offset on the alert acts; what lies below only fills its memory. */
  resume(track: Track, offset: number, followFrom = offset): void {
    const changed = this.#changedTracks.change(track);
    changed.resumeAt = offset;
    changed.followFrom = followFrom;
  }
  stopWaiting(track: Track): void {
    if (track.followNextMs !== undefined)
      this.#changedTracks.change(track).followNextMs = undefined;
  }
  #noteRest(track: Track): void {
    if (isAtRest(track.alert)) this.wakeful.delete(track);
    else this.wakeful.add(track);
  }
  setProgress(metric: string, progress: MetricProgress): void {
    this.metrics.set(metric, progress);
    this.#changedFields.add(`m|${metric}`);
  }
  setSilence(silence: Silence): void {
    this.silences.set(silence.id, silence);
    this.#changedFields.add(`w|${silence.id}`);
  }
  dropSilence(id: string): void {
    if (this.silences.delete(id)) this.#changedFields.add(`w|${id}`);
  }
  setCommandsNext(offset: number): void {
    if (offset <= this.commandsNext) return;
    this.commandsNext = offset;
    this.#changedFields.add('k|');
  }
  cellChanged(memory: Memory, series: SeriesMemory, startMs: EpochMs): void {
    this.#changedCells.add(memory, series, startMs);
  }
  /** Forgets a metric's cells and how far it has come. */
  forgetMetric(metric: string): void {
    for (const memory of this.memories.values())
      if (memory.metric === metric) this.#forgetMemory(memory);
    if (this.metrics.delete(metric)) this.#changedFields.add(`m|${metric}`);
  }
  forgetGrain(metric: string, grain: Grain): void {
    const memory = this.memories.get(`${metric}|${grain}`);
    if (memory) this.#forgetMemory(memory);
    const progress = this.metrics.get(metric);
    if (!progress) return;
    const { [grain]: _, ...knownFromMs } = progress.knownFromMs;
    this.setProgress(metric, { ...progress, knownFromMs });
  }
  #forgetMemory(memory: Memory): void {
    for (const series of memory.series.values()) {
      for (const start of series.cells.keys()) this.cellChanged(memory, series, start);
      series.cells.clear();
    }
    this.memories.delete(memory.key);
  }
  /** The rule has more series than are watched. */
  refuse(rule: string): void {
    if (this.refusedRules.has(rule)) return;
    this.refusedRules.add(rule);
    this.#changedFields.add(`r|${rule}`);
  }
  forgive(rule: string): void {
    if (this.refusedRules.delete(rule)) this.#changedFields.add(`r|${rule}`);
  }
  watch(memory: string): void {
    this.watched.add(memory);
    this.#changedFields.add(`g|${memory}`);
  }
  unwatch(memory: string): void {
    this.watched.delete(memory);
    this.#changedFields.add(`g|${memory}`);
  }

  /** Whether `takeChanges` would give anything. */
  isChanged(): boolean {
    return (
      this.#changedFields.size > 0 || this.#changedCells.isAny() || this.#changedTracks.isAny()
    );
  }
  /** What changed since the last call, as the store keeps it. */
  takeChanges(): Changes {
    const fields = new Map<string, string | null>();
    const documents = new Map<string, string | null>();
    this.#changedTracks.take(fields, documents);
    this.#changedCells.take(fields);
    if (this.checkedNext > 0) this.#changedFields.add('a|');
    for (const field of this.#changedFields) fields.set(field, encodeField(this, field));
    this.#changedFields.clear();
    return { fields, documents };
  }
}
