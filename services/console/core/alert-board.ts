import type { AlertRecord } from '../../kernel/alert.ts';

/** Alerts that are remembered; of those beyond it the ones that are not open are forgotten first. */
const ALERTS_MAX = 100_000;

/**
 * The newest record of every alert, folded from `alerts`. Records may come twice and out of order: an alert's sequence
 * decides, so what is read of the past and what is followed meet in any order.
 */
export class AlertBoard {
  readonly #records = new Map<string, AlertRecord>();

  offer(record: AlertRecord): void {
    const known = this.#records.get(record.id);
    if (known && known.sequence >= record.sequence) return;
    // The state of the alert is in the other fields, and a thousand times shorter.
    this.#records.set(record.id, { ...record, document: '' });
    if (this.#records.size > ALERTS_MAX) this.#forget();
  }

  /** Alerts whose condition is not ok. */
  open(): readonly AlertRecord[] {
    return [...this.#records.values()].filter(({ state }) => state !== 'ok');
  }

  #forget(): void {
    const all = [...this.#records.values()];
    const first = all.find(({ state }) => state === 'ok') ?? all[0];
    if (first) this.#records.delete(first.id);
  }
}
