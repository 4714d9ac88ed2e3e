import type { EpochMs } from '../../../kernel/time.ts';
import type { Grain } from '../../../kernel/window.ts';
import type { MetricProgress } from '../values/cells.ts';
import type { AlertState } from '../alert/episode.ts';
import { NO_BUILT_INS } from '../plan/built-ins.ts';
import type { BuiltIns } from '../plan/built-ins.ts';
import { DigestWatch } from '../sending/digest-watch.ts';
import { decodeCell, encodeCell, encodeSlot, encodeTrack } from './partition-fields.ts';
import { Past } from '../values/past.ts';
import type { RulePlan } from '../plan/plan.ts';
import { planMetricKey } from '../plan/plan.ts';
import { documentOf } from '../alert/record.ts';
import { SourceWatch } from './source-watch.ts';
import type { Silence } from '../overlay/silence.ts';
import type { Cells } from '../values/window-value.ts';

/** One alert of the partition, and how far its windows were looked at. */
export type Track = {
  /** undefined once the rule is no more, while messages are still owed. */
  readonly plan: RulePlan | undefined;
  readonly alert: AlertState;
  /** Start of the last step of the next window to close (where windows do not overlap, of the window); null until the metric's watermark is known. */
  readonly nextStartMs: EpochMs | null;
  /** Records below this offset only fill its memory: they were acted on before, or lie before its beginning. */
  readonly resumeAt: number;
  readonly isDormant: boolean;
};
type MutableTrack = { -readonly [K in keyof Track]: Track[K] };

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
  readonly partition: number;
  cursor: number;
  activeFrom: number;
  logMs: EpochMs;
  /** Time of the log since when alerting has been watching without a gap. */
  awakeMs: EpochMs;
  readonly metrics = new Map<string, MetricProgress>();
  readonly cells = new Map<string, Cells>();
  /** What conditions look back to, of before `cells`. */
  readonly past: Past;
  readonly tracks = new Map<string, Track>();
  /** `METRIC@VERSION|GRAIN` whose cells are kept. */
  readonly watched = new Set<string>();
  readonly sources: SourceWatch;
  readonly digests: DigestWatch;
  builtIns: BuiltIns = NO_BUILT_INS;
  /** Rules with more series than are watched. */
  readonly refusedRules = new Set<string>();
  /** Silences and maintenance windows that are not over, by id. */
  readonly silences = new Map<string, Silence>();
  /** Who follows no more (core/unsubscribed.ts). */
  readonly unsubscribed = new Set<string>();
  /** Commands below this offset were applied. */
  commandsNext = 0;
  readonly #tracksByRule = new Map<string, Set<Track>>();
  #plans: ReadonlyMap<string, readonly RulePlan[]> = new Map();
  #metricIds: ReadonlySet<string> = new Set();
  readonly #changedFields = new Set<string>();
  readonly #changedDocuments = new Set<string>();

  constructor(
    partition: number,
    start: Pick<StoredPartition, 'cursor' | 'activeFrom' | 'logMs' | 'awakeMs'>,
  ) {
    this.partition = partition;
    this.past = new Past({ encode: encodeCell, decode: decodeCell }, (field) =>
      this.#changedFields.add(field),
    );
    this.sources = new SourceWatch((field) => this.#changedFields.add(field));
    this.digests = new DigestWatch((field) => this.#changedFields.add(field));
    this.cursor = start.cursor;
    this.activeFrom = start.activeFrom;
    this.logMs = start.logMs;
    this.awakeMs = start.awakeMs;
  }

  plansOf(metric: string): readonly RulePlan[] {
    return this.#plans.get(metric) ?? [];
  }
  usePlans(plans: readonly RulePlan[]): void {
    // The gravest first: what it says inhibits what the others would say of the same window.
    const ordered = plans.toSorted((a, b) => gravity(a) - gravity(b));
    this.#plans = Map.groupBy(ordered, planMetricKey);
    this.#metricIds = new Set(plans.map(({ metric }) => metric.id));
  }
  /** Whether any rule reads the metric, whatever its version. */
  readsMetric(metric: string): boolean {
    return this.#metricIds.has(metric);
  }
  tracksOf(rule: string): ReadonlySet<Track> {
    let tracks = this.#tracksByRule.get(rule);
    if (!tracks) this.#tracksByRule.set(rule, (tracks = new Set()));
    return tracks;
  }
  cellsOf(key: string): Cells {
    let cells = this.cells.get(key);
    if (!cells) this.cells.set(key, (cells = new Map()));
    return cells;
  }

  addTrack(track: Track & { plan: RulePlan }): Track & { plan: RulePlan };
  addTrack(track: Track): Track;
  addTrack(track: Track): Track {
    const { id, rule } = track.alert;
    this.tracks.set(id, track);
    (this.tracksOf(rule) as Set<Track>).add(track);
    this.#changedFields.add(`t|${id}`);
    return track;
  }
  dropTrack(track: Track): void {
    const { id, rule, slots } = track.alert;
    this.tracks.delete(id);
    (this.tracksOf(rule) as Set<Track>).delete(track);
    this.#changedFields.add(`t|${id}`);
    this.#changedDocuments.add(id);
    for (const { startMs } of slots) this.#changedFields.add(`s|${id}|${startMs}`);
  }
  setAlert(track: Track, alert: AlertState): void {
    const before = track.alert;
    if (before === alert) return;
    (track as MutableTrack).alert = alert;
    if (alert.sequence > 0) this.#changedDocuments.add(alert.id);
    const isOther =
      before.ruleVersion !== alert.ruleVersion || before.metricVersion !== alert.metricVersion;
    if (isOther || alert.sequence === 0) this.#changedFields.add(`t|${alert.id}`);
    if (before.slots === alert.slots) return;
    const kept = new Set(before.slots);
    for (const slot of alert.slots)
      if (!kept.delete(slot)) this.#changedFields.add(`s|${alert.id}|${slot.startMs}`);
    for (const { startMs } of kept) this.#changedFields.add(`s|${alert.id}|${startMs}`);
  }
  setNext(track: Track, nextStartMs: EpochMs | null): void {
    if (track.nextStartMs === nextStartMs) return;
    (track as MutableTrack).nextStartMs = nextStartMs;
    this.#changedFields.add(`t|${track.alert.id}`);
  }
  setPlan(track: Track, plan: RulePlan | undefined): void {
    (track as MutableTrack).plan = plan;
  }
  wake(track: Track): void {
    (track as MutableTrack).isDormant = false;
    this.#changedFields.add(`t|${track.alert.id}`);
  }
  /** From this offset on the alert acts; what lies below only fills its memory. */
  resume(track: Track, offset: number): void {
    (track as MutableTrack).resumeAt = offset;
    this.#changedFields.add(`t|${track.alert.id}`);
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
  setUnsubscribed(key: string, isSo: boolean): void {
    if (isSo === this.unsubscribed.has(key)) return;
    if (isSo) this.unsubscribed.add(key);
    else this.unsubscribed.delete(key);
    this.#changedFields.add(`n|${key}`);
  }
  setCommandsNext(offset: number): void {
    if (offset <= this.commandsNext) return;
    this.commandsNext = offset;
    this.#changedFields.add('k|');
  }
  cellChanged(key: string, startMs: EpochMs): void {
    this.#changedFields.add(`c|${startMs}|${key}`);
  }
  /** Forgets a metric's cells and how far it has come. */
  forgetMetric(metric: string): void {
    for (const [key, cells] of this.cells) {
      if (!key.startsWith(`${metric}|`)) continue;
      for (const start of cells.keys()) this.cellChanged(key, start);
      this.cells.delete(key);
    }
    if (this.metrics.delete(metric)) this.#changedFields.add(`m|${metric}`);
  }
  forgetGrain(metric: string, grain: Grain): void {
    for (const [key, cells] of this.cells) {
      if (!key.startsWith(`${metric}|${grain}|`)) continue;
      for (const start of cells.keys()) this.cellChanged(key, start);
      this.cells.delete(key);
    }
    const progress = this.metrics.get(metric);
    if (!progress) return;
    const { [grain]: _, ...knownFromMs } = progress.knownFromMs;
    this.setProgress(metric, { ...progress, knownFromMs });
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
    return this.#changedFields.size + this.#changedDocuments.size > 0;
  }
  /** What changed since the last call, as the store keeps it. */
  takeChanges(): Changes {
    const fields = new Map([...this.#changedFields].map((field) => [field, this.#encode(field)]));
    const documents = new Map(
      [...this.#changedDocuments].map((id) => {
        const track = this.tracks.get(id);
        return [id, track ? documentOf(track.alert) : null] as const;
      }),
    );
    this.#changedFields.clear();
    this.#changedDocuments.clear();
    return { fields, documents };
  }

  #encode(field: string): string | null {
    const [kind, first = '', second = ''] = field.split('|', 3) as [string, string?, string?];
    switch (kind) {
      case 'm': {
        const progress = this.metrics.get(field.slice(2));
        return progress ? JSON.stringify(progress) : null;
      }
      case 'c': {
        const cell = this.cells.get(field.slice(3 + first.length))?.get(Number(first));
        return cell ? encodeCell(cell) : null;
      }
      case 'p':
      case 'q':
        return this.past.encode(field);
      case 'k':
        return String(this.commandsNext);
      case 'd':
        return this.digests.encode(field);
      case 'n':
        return this.unsubscribed.has(field.slice(2)) ? '1' : null;
      case 'w': {
        const silence = this.silences.get(field.slice(2));
        return silence ? JSON.stringify(silence) : null;
      }
      case 'u':
        return this.sources.encode(field);
      case 'r':
        return this.refusedRules.has(field.slice(2)) ? '1' : null;
      case 'g':
        return this.watched.has(field.slice(2)) ? '1' : null;
      case 't': {
        const track = this.tracks.get(first);
        return track ? encodeTrack(track) : null;
      }
      default: {
        const slots = this.tracks.get(first)?.alert.slots;
        const slot = slots?.findLast(({ startMs }) => startMs === Number(second));
        return slot ? encodeSlot(slot) : null;
      }
    }
  }
}

const gravity = ({ rule }: RulePlan): number =>
  ['critical', 'warning', 'info'].indexOf(rule.severity);
