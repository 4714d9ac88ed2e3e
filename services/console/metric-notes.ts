import type { Catalog, MetricDefinition } from '../kernel/definitions.ts';
import type { Refusal } from '../kernel/errors.ts';
import { err, ok } from '../kernel/result.ts';
import type { Result } from '../kernel/result.ts';
import { DAY_MS } from '../kernel/time.ts';
import type { EpochMs } from '../kernel/time.ts';
import type { Role } from '../platform/access.ts';
import { createNoteBook, noteTarget } from './core/notes/note-book.ts';
import type { BookedNote, NoteCommand } from './core/notes/note-book.ts';
import { noteCommand, noteItem, parseNotesQuery } from './core/notes/note-request.ts';
import type { NoteItem, NotesAnswer } from './core/notes/note-request.ts';
import type { Parameters } from './core/values-query.ts';
import type { NoteLog, NotePlace } from './ports.ts';

/** Of one metric: what a chart can show, and a reader read. */
const NOTES_MAX = 1_000;
/** `commands` is kept for 90 days: what was said is written again well before that. */
const RESTATED_AFTER_MS = 30 * DAY_MS;

/** Who takes back what others wrote, as when they have left. */
const MODERATORS: readonly Role[] = ['approver', 'admin'];

type Asked = { readonly by: string; readonly body?: unknown };
/** Who asks. */
type Reader = { readonly person: string; readonly roles: ReadonlySet<Role> };

/** One's own is taken back by owners, who write them. */
const mayRemove = ({ person, roles }: Reader, { command }: BookedNote): boolean =>
  (command.by === person && roles.has('owner')) || MODERATORS.some((role) => roles.has(role));

const mayAdd = ({ roles }: Reader): boolean => roles.has('owner') || roles.has('admin');

/** Notes on the time lines of metrics. All throw broker_unavailable, registry_unavailable, rebuilding. */
export type MetricNotes = {
  readonly list: (
    metric: string,
    parameters: Parameters,
    reader: Reader,
  ) => Promise<Result<NotesAnswer, Refusal>>;
  readonly add: (metric: string, asked: Asked) => Promise<Result<NoteItem, Refusal>>;
  /** Refuses with forbidden what somebody else wrote, except for approvers and admins. @returns what is gone */
  readonly remove: (
    metric: string,
    note: string,
    remover: Reader,
  ) => Promise<Result<NoteItem, Refusal>>;
  /** Writes again what the log will soon no longer hold. */
  readonly restate: () => Promise<void>;
};

export function createMetricNotes(ports: {
  readonly log: Pick<NoteLog<NoteCommand>, 'catchUp'>;
  readonly append: (command: NoteCommand) => Promise<NotePlace>;
  readonly catalog: () => Catalog;
  readonly now: () => EpochMs;
  readonly newId: () => string;
}): MetricNotes {
  const { log, now } = ports;
  const book = createNoteBook();
  const catchUp = (): Promise<void> => log.catchUp({ onFirst: book.dropBelow, onNote: book.take });
  const write = async (command: NoteCommand): Promise<void> =>
    book.take(command, await ports.append(command));
  const metricOf = (id: string): Result<MetricDefinition, Refusal> => {
    const metric = ports.catalog().metrics.get(id);
    return metric
      ? ok(metric)
      : err({ code: 'not_found', detail: `no published metric is called ${id}` });
  };
  const notesOf = (metric: string): readonly BookedNote[] =>
    [...book.all()].filter(({ command }) => command.target === noteTarget(metric));

  return {
    async list(id, parameters, reader) {
      const metric = metricOf(id);
      if (!metric.ok) return metric;
      const range = parseNotesQuery(metric.value, parameters);
      if (!range.ok) return range;
      const { fromMs, toMs } = range.value;
      await catchUp();
      const notes = notesOf(id)
        .filter(({ note }) => note.time >= fromMs && note.time < toMs)
        .toSorted((a, b) => a.note.time - b.note.time || (a.command.id < b.command.id ? -1 : 1));
      return ok({
        metric: id,
        notes: notes.map((one) => ({ ...noteItem(one), mayRemove: mayRemove(reader, one) })),
        mayAdd: mayAdd(reader),
      });
    },
    async add(id, { by, body }) {
      const metric = metricOf(id);
      if (!metric.ok) return metric;
      const command = noteCommand(metric.value, body, { id: ports.newId(), by, nowMs: now() });
      if (!command.ok) return command;
      await catchUp();
      if (notesOf(id).length >= NOTES_MAX)
        return err({
          code: 'invalid_parameter',
          detail: `${id} has ${NOTES_MAX} notes, which is the most: take one back`,
        });
      await write(command.value);
      const written = book.get(command.value.id);
      return written
        ? ok(noteItem(written))
        : err({ code: 'not_found', detail: 'the note was taken back' });
    },
    async remove(id, note, remover) {
      await catchUp();
      const found = book.get(note);
      if (found?.command.target !== noteTarget(id))
        return err({ code: 'not_found', detail: `${id} has no note ${note}` });
      if (!mayRemove(remover, found))
        return err({
          code: 'forbidden',
          detail: `${found.command.by} wrote it: others need the role approver to take it back`,
        });
      const { target } = found.command;
      const { person: by } = remover;
      await write({ id: note, kind: 'unnote', target, by, at: now(), text: null, note: null });
      return ok(noteItem(found));
    },
    async restate() {
      await catchUp();
      const due = [...book.all()].filter(({ command }) => command.at < now() - RESTATED_AFTER_MS);
      for (const { command } of due) await write({ ...command, at: now() });
    },
  };
}
