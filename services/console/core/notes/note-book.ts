import type { EpochMs } from '../../../kernel/time.ts';

/**
 * What somebody says of a metric at a point of its time line. Records of `commands` (schemas/tidemark/command.avsc) of
 * the kinds `note` and `unnote`, key `metric:ID`; alerting leaves them alone.
 */
export type NoteCommand = {
  /** Of the note, also where it is taken back. */
  readonly id: string;
  readonly kind: 'note' | 'unnote';
  /** `metric:ID` */
  readonly target: string;
  /** `person:ID` */
  readonly by: string;
  /** When this record was written. */
  readonly at: EpochMs;
  readonly text: string | null;
  readonly note: {
    readonly time: EpochMs;
    readonly labels: Readonly<Record<string, string>>;
    /** When it was said first: the record may be written again lest retention take it. */
    readonly writtenAt: EpochMs;
  } | null;
};

export const noteTarget = (metric: string): string => `${TARGET}${metric}`;
const TARGET = 'metric:';

/** The metric whose notes the command changes: what is only written again lest retention take it changes none. */
export function notedMetric({ kind, target, at, note }: NoteCommand): string | undefined {
  const isNew = kind === 'unnote' || (kind === 'note' && note?.writtenAt === at);
  return isNew && target.startsWith(TARGET) ? target.slice(TARGET.length) : undefined;
}

/** Where a record lies on its topic. */
type Place = { readonly partition: number; readonly offset: number };
/** A note with the place of its newest record. */
export type BookedNote = {
  readonly command: NoteCommand & { readonly kind: 'note'; readonly text: string };
  readonly note: NonNullable<NoteCommand['note']>;
  readonly lies: Place;
};

/** The notes of an installation, folded from the log in its order. Law: the same records give the same notes. */
export type NoteBook = {
  /** Other commands change nothing. */
  readonly take: (command: NoteCommand, lies: Place) => void;
  /** The log begins at `first` now: what lies before is no longer said. */
  readonly dropBelow: (partition: number, first: number) => void;
  readonly get: (id: string) => BookedNote | undefined;
  readonly all: () => Iterable<BookedNote>;
};

export function createNoteBook(): NoteBook {
  const notes = new Map<string, BookedNote>();
  /** Another console may write a note again that was taken back meanwhile: it stays away. */
  const gone = new Map<string, Place>();
  return {
    take(command, lies) {
      const { id, kind, text, note } = command;
      if (kind === 'unnote') {
        notes.delete(id);
        gone.set(id, lies);
      } else if (kind === 'note' && text !== null && note && !gone.has(id))
        notes.set(id, { command: { ...command, kind, text }, note, lies });
    },
    dropBelow(partition, first) {
      const isLost = (lies: Place): boolean => lies.partition === partition && lies.offset < first;
      for (const [id, { lies }] of notes) if (isLost(lies)) notes.delete(id);
      for (const [id, lies] of gone) if (isLost(lies)) gone.delete(id);
    },
    get: (id) => notes.get(id),
    all: () => notes.values(),
  };
}
