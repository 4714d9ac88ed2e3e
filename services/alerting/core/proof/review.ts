import type { AlertRecord, EpisodeOutcome } from '../../../kernel/alert.ts';
import { parseFeedback } from '../../../kernel/feedback.ts';
import type { GivenFeedback } from '../../../kernel/feedback.ts';
import type { EpochMs } from '../../../kernel/time.ts';

/** What is known of one episode, from the records of `alerts` that are of it. */
export type ReviewedEpisode = {
  readonly id: string;
  readonly rule: string;
  readonly alert: string;
  readonly startedAtMs: EpochMs;
  /** Time of the log, as that of acknowledging. */
  readonly firedAtMs: EpochMs | null;
  readonly endedAtMs: EpochMs | null;
  readonly outcome: EpisodeOutcome | null;
  readonly acknowledgedAtMs: EpochMs | null;
  /** Somebody did something with it: assigned, commented or closed it. */
  readonly isActedOn: boolean;
  /** It began within three windows of the end of the one before. */
  readonly isFlap: boolean;
  readonly feedback: GivenFeedback | null;
  readonly delivered: number;
  readonly notDelivered: number;
};

/** Episodes that are remembered over all rules; beyond it the oldest are forgotten, and `sinceMs` says so. */
const EPISODES_MAX = 100_000;
const FLAP_WINDOWS = 3;
const ACTS: ReadonlySet<string> = new Set(['assigned', 'commented', 'closed']);

/**
 * What happened under each rule, folded from `alerts`. Law: folding a record twice changes nothing; the order of records of
 * different alerts does not matter. Changes in place.
 */
export class ReviewLog {
  readonly #episodes = new Map<string, ReviewedEpisode>();
  readonly #sequences = new Map<string, number>();
  readonly #endOf = new Map<string, { episode: string; endedAtMs: EpochMs }>();
  readonly #nearMisses = new Map<string, EpochMs[]>();
  #sinceMs: EpochMs | null = null;

  /** Time of the log of the oldest record that is known; null before the first. */
  get sinceMs(): EpochMs | null {
    return this.#sinceMs;
  }

  add(record: AlertRecord): void {
    if (record.sequence <= (this.#sequences.get(record.id) ?? 0)) return;
    this.#sequences.set(record.id, record.sequence);
    this.#sinceMs = Math.min(this.#sinceMs ?? record.at, record.at);
    if (record.reason === 'near_miss') this.#missed(record);
    if (!record.episode) return;
    const { id } = record.episode;
    const next = withRecord(this.#episodes.get(id) ?? this.#begun(record, id), record);
    this.#episodes.set(id, next);
    if (next.endedAtMs !== null)
      this.#endOf.set(record.id, { episode: id, endedAtMs: next.endedAtMs });
    if (this.#episodes.size > EPISODES_MAX) this.#forgetOldest();
  }

  of(rule: string): {
    readonly episodes: readonly ReviewedEpisode[];
    readonly nearMisses: readonly EpochMs[];
  } {
    return {
      episodes: [...this.#episodes.values()].filter((one) => one.rule === rule),
      nearMisses: this.#nearMisses.get(rule) ?? [],
    };
  }

  #missed({ rule, at }: AlertRecord): void {
    this.#nearMisses.set(rule, [...(this.#nearMisses.get(rule) ?? []), at].slice(-EPISODES_MAX));
  }

  #begun(record: AlertRecord, id: string): ReviewedEpisode {
    const startedAtMs = record.episode?.startedAt ?? record.at;
    const before = this.#endOf.get(record.id);
    const windowMs = record.window ? record.window.end - record.window.start : 0;
    const isFlap =
      before !== undefined &&
      before.episode !== id &&
      startedAtMs - before.endedAtMs <= FLAP_WINDOWS * windowMs;
    const { rule, id: alert } = record;
    const blank = { firedAtMs: null, endedAtMs: null, outcome: null, acknowledgedAtMs: null };
    const none = { isActedOn: false, feedback: null, delivered: 0, notDelivered: 0 };
    return { id, rule, alert, startedAtMs, isFlap, ...blank, ...none };
  }

  #forgetOldest(): void {
    const [oldest] = this.#episodes.keys();
    if (oldest === undefined) return;
    const next = this.#episodes.get(oldest);
    this.#episodes.delete(oldest);
    if (next) this.#sinceMs = Math.max(this.#sinceMs ?? 0, next.startedAtMs);
  }
}

function withRecord(known: ReviewedEpisode, record: AlertRecord): ReviewedEpisode {
  const transition: string = record.transition;
  const endedAtMs = record.episode?.endedAt ?? known.endedAtMs;
  const outcome = record.episode?.outcome ?? known.outcome;
  const next: ReviewedEpisode = { ...known, endedAtMs, outcome };
  if (transition === 'firing') return { ...next, firedAtMs: next.firedAtMs ?? record.at };
  if (transition === 'acknowledged')
    return { ...next, acknowledgedAtMs: next.acknowledgedAtMs ?? record.at };
  if (transition === 'feedback')
    return { ...next, feedback: parseFeedback(record.reason) ?? next.feedback };
  if (transition === 'delivered') return { ...next, delivered: next.delivered + 1 };
  if (transition === 'not_delivered') return { ...next, notDelivered: next.notDelivered + 1 };
  return ACTS.has(transition) ? { ...next, isActedOn: true } : next;
}
