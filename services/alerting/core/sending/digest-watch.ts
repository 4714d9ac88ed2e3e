import type { EpochMs } from '../../../kernel/time.ts';
import { NOT_TRIED } from './delivery.ts';
import type { Delivery } from './delivery.ts';
import { dueDigest, nextDigest } from './digest-time.ts';
import type { DueDigest } from './digest-time.ts';
import type { DigestPlan, Due } from './digest-plan.ts';
import type { Message } from '../alert/episode.ts';
import { isSettled } from './delivery.ts';

type OwedDigest = { readonly message: Message; readonly delivery: Delivery | null };
type Watched = {
  /** Digests up to this time of the log are decided. */
  readonly afterMs: EpochMs;
  /** Due, and not written yet. */
  readonly pending: DueDigest | null;
  readonly owed: readonly OwedDigest[];
};

/**
 * Which digests are due, by the clock of one partition's log alone: each is one of its date, and decided once. What is not
 * known, at first or after a loss, is due from its next time on: rather none than two.
 * A structure that changes in place; every change is told by the name of the field that it is stored in.
 */
export class DigestWatch {
  readonly #watched = new Map<string, Watched>();
  readonly #next = new Map<string, { readonly plan: DigestPlan; readonly atMs: EpochMs }>();
  readonly #changed: (field: string) => void;

  constructor(changed: (field: string) => void) {
    this.#changed = changed;
  }

  /** The log's clock has come so far. */
  pass(plans: readonly DigestPlan[], logMs: EpochMs): void {
    for (const plan of plans) {
      const { id, time, timezone } = plan;
      const known = this.#watched.get(id);
      if (!known) {
        this.#set(id, { afterMs: logMs, pending: null, owed: [] });
        continue;
      }
      let next = this.#next.get(id);
      if (next?.plan !== plan)
        this.#next.set(id, (next = { plan, atMs: nextDigest(time, timezone, known.afterMs) }));
      if (logMs < next.atMs) continue;
      this.#next.delete(id);
      const due = dueDigest(time, timezone, { afterMs: known.afterMs, untilMs: logMs });
      this.#set(id, { ...known, afterMs: logMs, pending: due ?? known.pending });
    }
  }

  /** Those that are due and not written. */
  pending(plans: readonly DigestPlan[]): readonly Due[] {
    return plans.flatMap((plan) => {
      const pending = this.#watched.get(plan.id)?.pending;
      return pending ? [{ ...pending, plan }] : [];
    });
  }

  /** It is written: these are owed; none where there is nobody to tell. */
  written({ plan }: Due, messages: readonly Message[]): void {
    const known = this.#watched.get(plan.id);
    if (!known) return;
    const owed = [...known.owed, ...messages.map((message) => ({ message, delivery: null }))];
    this.#set(plan.id, { ...known, pending: null, owed });
  }

  /** What is owed, by the id of its digest. */
  *owed(): Iterable<{
    readonly id: string;
    readonly message: Message;
    readonly delivery: Delivery;
  }> {
    for (const [id, { owed }] of this.#watched)
      for (const { message, delivery } of owed)
        yield { id, message, delivery: delivery ?? NOT_TRIED };
  }

  /** Notes what became of an attempt. What is settled is forgotten. */
  note(id: string, messageId: string, delivery: Delivery): void {
    const known = this.#watched.get(id);
    if (!known?.owed.some(({ message }) => message.id === messageId)) return;
    const owed = known.owed
      .map((one) => (one.message.id === messageId ? { ...one, delivery } : one))
      .filter((one) => one.delivery === null || !isSettled(one.delivery));
    this.#set(id, { ...known, owed });
  }

  encode(field: string): string | null {
    const known = this.#watched.get(field.slice(2));
    return known ? JSON.stringify(known) : null;
  }
  restore(field: string, text: string): void {
    this.#watched.set(field.slice(2), JSON.parse(text) as Watched);
  }

  #set(id: string, watched: Watched): void {
    this.#watched.set(id, watched);
    this.#changed(`d|${id}`);
  }
}
