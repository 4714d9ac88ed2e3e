import type { EpochMs } from '../../../kernel/time.ts';
import type { Window } from '../../../kernel/window.ts';
import { underPolicy } from '../alert/condition.ts';
import type { Verdict } from '../alert/condition.ts';
import { stepMsOf } from '../alert/episode.ts';
import type { AlertState } from '../alert/episode.ts';
import { seesMore } from '../plan/plan.ts';
import type { RulePlan } from '../plan/plan.ts';
import type { Sight } from '../values/sight.ts';
import type { SharedSight } from './shared-sights.ts';

/** What a track begins with: its alert, and how far its windows were looked at. */
export type TrackStart = {
  /** undefined once the rule is no more, while messages are still owed. */
  readonly plan: RulePlan | undefined;
  readonly alert: AlertState;
  /** Start of the last step of the next window to close (where windows do not overlap, of the window); null until the metric's watermark is known. */
  readonly nextStartMs: EpochMs | null;
  /** Records below this offset only fill its memory: they were acted on before, or lie before its beginning. */
  readonly resumeAt: number;
  /**
   * Of an alert that was brought back as it was after a record of before `resumeAt`: from here on it follows the log, and
   * what that record did not say of it (the worst value, a recovery that begins anew) comes about again. Told is nothing.
   */
  readonly followFrom?: number;
  /**
   * Its `nextStartMs` there, until the log has come so far. `tick`: not known, for its record lies too far back; it waits for
   * the window that the next tick finds open, since the first value that is read again may be of a later one.
   */
  readonly followNextMs?: EpochMs | 'tick' | null | undefined;
  readonly isDormant: boolean;
  /** When the log first had a value of its series; absent where it was not found by one. */
  readonly heardMs?: EpochMs | undefined;
  /** Of one that was stored: what it saw with others (core/partition/shared-sights.ts). */
  readonly sight?: string | undefined;
};

/**
 * One alert of a partition, which alone changes it. Most windows change nothing of the alerts that see them but what they
 * remember. Of such a glance only the sight is noted and what is remembered since, both the same for all rules that
 * say the same; the alert has them as soon as anybody asks. Law: a track is the same, whether its looks were glances or not.
 */
export class Track {
  nextStartMs: EpochMs | null;
  resumeAt: number;
  isDormant: boolean;
  followNextMs: TrackStart['followNextMs'];
  readonly heardMs: EpochMs | undefined;
  /** Its place among all, and the name of the field that every look changes. */
  readonly order: number;
  readonly look: string;
  /** Name of the field of what it sees with others. */
  sight: string | undefined;
  followFrom?: number;
  isDropped = false;
  /** What is stored of its last look is the name of this; where it shares all, also what it remembers and waits for. */
  following: SharedSight | undefined;
  sharesAll = false;
  #plan: RulePlan | undefined;
  #alert: AlertState;
  #slots: AlertState['slots'];
  #glance: Sight | undefined;
  /** undefined: not asked since the alert changed. */
  #rest: Verdict | null | undefined;

  constructor(track: TrackStart, names: Pick<Track, 'order' | 'look'>) {
    this.nextStartMs = track.nextStartMs;
    this.resumeAt = track.resumeAt;
    this.isDormant = track.isDormant;
    this.followNextMs = track.followNextMs;
    this.heardMs = track.heardMs;
    this.order = names.order;
    this.look = names.look;
    this.sight = track.sight;
    if (track.followFrom !== undefined) this.followFrom = track.followFrom;
    this.#plan = track.plan;
    this.#alert = track.alert;
    this.#slots = track.alert.slots;
  }

  get plan(): RulePlan | undefined {
    return this.#plan;
  }
  set plan(plan: RulePlan | undefined) {
    this.#fold();
    this.#rest = undefined;
    this.#plan = plan;
  }
  get alert(): AlertState {
    this.#fold();
    return this.#alert;
  }
  set alert(alert: AlertState) {
    this.#alert = alert;
    this.#slots = alert.slots;
    this.#glance = undefined;
    this.#rest = undefined;
  }
  /** What no glance changes. */
  get lasting(): Pick<AlertState, 'id' | 'rule' | 'series' | 'machine'> {
    return this.#alert;
  }
  /** The windows that it remembers, and that of the last look. */
  get slots(): AlertState['slots'] {
    return this.#slots;
  }
  get shown(): Window | undefined {
    return (this.#glance?.seen ?? this.#alert.last)?.window;
  }

  /** Of an alert that rests, for all is well and its newest window says so: the verdict with which it rests on. Else null. */
  get rest(): Verdict | null {
    return this.#rest === undefined ? (this.#rest = restOf(this.#alert, this.#plan)) : this.#rest;
  }
  /** What was glanced at becomes the last look, as the rule judged it then. */
  #fold(): void {
    const seen = this.#glance?.seen;
    if (!seen || !this.#rest) return;
    this.#glance = undefined;
    const last = { ...seen, verdict: this.#rest, threshold: this.#plan?.threshold?.text ?? null };
    this.#alert = { ...this.#alert, last, slots: this.#slots };
  }
  /** An alert that rests sees this with the verdict that it rests on, and remembers these. */
  glance(sight: Sight, slots: AlertState['slots']): void {
    this.#glance = sight;
    this.#slots = slots;
  }
  /** @param slots the same, of another alert: what several remember is remembered once */
  adopt(slots: AlertState['slots']): void {
    if (this.#slots !== slots) this.#alert = { ...this.alert, slots };
    this.#slots = slots;
  }
}

/** @returns null where another look might change more than what is remembered */
function restOf({ machine, ...alert }: AlertState, plan: RulePlan | undefined): Verdict | null {
  const { last, slots, severity } = alert;
  const newest = slots.at(-1);
  const isWell = machine.condition === 'ok' && alert.episode === null && !last?.lacking;
  if (!plan || !newest || !isWell || seesMore(plan)) return null;
  if (!last || stepMsOf(last) !== newest.startMs || newest.verdict !== last.verdict) return null;
  const means = underPolicy(last.verdict, plan.rule);
  if (means === 'breach' || means === 'absent' || severity !== plan.rule.severity) return null;
  return last.verdict;
}
