import type { EpochMs } from '../../../kernel/time.ts';

/** Something that was noted on a topic beside the events. */
export type Note = {
  readonly id: string;
  readonly atMs: EpochMs;
  /** Where the note lies on its topic. */
  readonly lies: { readonly partition: number; readonly offset: number };
};
/** The last note of a page: the next one begins after it. */
export type After = { readonly atMs: EpochMs; readonly id: string };

/**
 * The newest notes of a topic, folded from it: written at least once, kept once. A mutable structure: notes come in the
 * order of their partition, and leave when the log no longer holds them or newer ones need the room.
 */
export class NoteBoard<T extends Note> {
  readonly #notes = new Map<string, T>();
  readonly #max: number;
  /** The newest first; undefined where notes came or left since. */
  #ordered: readonly T[] | undefined;
  #passed = 0;

  /** @param max notes that are kept; beyond, the oldest leave */
  constructor(max: number) {
    this.#max = max;
  }

  /** Notes that left to make room: older than all that are kept. */
  get passed(): number {
    return this.#passed;
  }
  get(id: string): T | undefined {
    return this.#notes.get(id);
  }
  all(): readonly T[] {
    this.#ordered ??= [...this.#notes.values()].sort(
      (a, b) => b.atMs - a.atMs || (a.id < b.id ? -1 : 1),
    );
    return this.#ordered;
  }
  offer(note: T): void {
    if (this.#notes.has(note.id)) return;
    this.#notes.set(note.id, note);
    this.#ordered = undefined;
    // By an eighth at once: ordering them costs more than all the rest.
    if (this.#notes.size > this.#max + this.#max / 8) this.#makeRoom();
  }
  /** The log begins at `first` now. */
  dropBelow(partition: number, first: number): void {
    for (const [id, { lies }] of this.#notes)
      if (lies.partition === partition && lies.offset < first) {
        this.#notes.delete(id);
        this.#ordered = undefined;
      }
  }
  /** The newest first. @param after undefined: from the newest on */
  page(
    keep: (note: T) => boolean,
    { after, limit }: { readonly after: After | undefined; readonly limit: number },
  ): { readonly notes: readonly T[]; readonly next: After | undefined } {
    const notes: T[] = [];
    for (const note of this.all()) {
      if ((after && !isAfter(note, after)) || !keep(note)) continue;
      if (notes.length === limit) return { notes, next: notes.at(-1) };
      notes.push(note);
    }
    return { notes, next: undefined };
  }

  #makeRoom(): void {
    for (const { id } of this.all().slice(this.#max)) {
      this.#notes.delete(id);
      this.#passed++;
    }
    this.#ordered = undefined;
  }
}

const isAfter = (note: Note, { atMs, id }: After): boolean =>
  note.atMs < atMs || (note.atMs === atMs && note.id > id);
