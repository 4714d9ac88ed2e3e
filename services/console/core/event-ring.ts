/** An event of the stream as it is sent; `metric` undefined: it is for everyone. */
export type StreamEvent = {
  readonly event: 'value' | 'alert' | 'notification' | 'catalog' | 'note' | 'reset';
  readonly metric: string | undefined;
  /** Whose message it is: it goes to those who have this receiver. */
  readonly receiver?: string;
  /** JSON in one line. */
  readonly data: string;
};
export type NumberedEvent = StreamEvent & { readonly sequence: number };

/**
 * The newest events, numbered from 1, for readers that come back. Bounded by their number and by their size: what no
 * longer fits is dropped from the old end, and who asks for it is told so.
 */
export class EventRing {
  readonly #epoch: string;
  readonly #max: { readonly events: number; readonly characters: number };
  #events: NumberedEvent[] = [];
  #first = 0;
  #characters = 0;
  #sequence = 0;

  /** @param epoch tells this ring's numbers from those of another process: without `-` */
  constructor(epoch: string, max: { events: number; characters: number }) {
    this.#epoch = epoch;
    this.#max = max;
  }

  push(event: StreamEvent): NumberedEvent {
    const numbered = { ...event, sequence: ++this.#sequence };
    this.#events.push(numbered);
    this.#characters += event.data.length;
    while (
      this.#events.length - this.#first > this.#max.events ||
      this.#characters > this.#max.characters
    ) {
      this.#characters -= this.#events[this.#first]?.data.length ?? 0;
      this.#first++;
    }
    if (this.#first > this.#max.events) {
      this.#events = this.#events.slice(this.#first);
      this.#first = 0;
    }
    return numbered;
  }

  /** `Last-Event-ID` of an event. */
  idOf(sequence: number): string {
    return `${this.#epoch}-${sequence}`;
  }

  get newestId(): string {
    return this.idOf(this.#sequence);
  }

  /** @returns the events after this id, or undefined when some of them, or the id itself, are not known here */
  after(id: string): readonly NumberedEvent[] | undefined {
    const cut = id.lastIndexOf('-');
    const sequence = Number(id.slice(cut + 1));
    if (id.slice(0, cut) !== this.#epoch || !Number.isSafeInteger(sequence)) return undefined;
    const oldest = this.#events[this.#first]?.sequence ?? this.#sequence + 1;
    if (sequence < oldest - 1 || sequence > this.#sequence) return undefined;
    return this.#events.slice(this.#first + (sequence - oldest + 1));
  }
}
