import type { ListedNote, NotesAnswer } from '../../core/notes/note-request.ts';
import { get } from './api.ts';
import { shown, useResource } from './resource.ts';
import { useTold } from './use-told.ts';

/** A note where the chart marks it. */
export type NoteMark = ListedNote & { readonly atMs: number };

export const notesPath = (metric: string): string =>
  `/v1/metrics/${encodeURIComponent(metric)}/notes`;

/** The notes of a metric, by their time, whoever writes one or takes one back. A chart without them is a chart still. */
export function useNotes(metric: string): {
  readonly notes: readonly NoteMark[];
  /** undefined while it is not known. */
  readonly mayAdd: boolean | undefined;
  readonly reload: () => void;
} {
  const { resource, reload } = useResource(`notes ${metric}`, (signal) =>
    get<NotesAnswer>(notesPath(metric), signal),
  );
  useTold('note', { isWanted: (told) => told.metric === metric, changed: reload });
  const { notes = [], mayAdd } = shown(resource) ?? {};
  return { notes: notes.map((note) => ({ ...note, atMs: Date.parse(note.at) })), mayAdd, reload };
}

export const notesIn = (
  notes: readonly NoteMark[],
  { fromMs, toMs }: { readonly fromMs: number; readonly toMs: number },
): readonly NoteMark[] => notes.filter(({ atMs }) => atMs >= fromMs && atMs < toMs);

/** Those about the metric as a whole and about this series. */
export const notesOf = (
  notes: readonly NoteMark[],
  labels: Readonly<Record<string, string>>,
): readonly NoteMark[] =>
  notes.filter(({ labels: of }) => {
    const members = Object.entries(of);
    const isOfSeries = members.length === Object.keys(labels).length;
    return (
      members.length === 0 || (isOfSeries && members.every(([name, one]) => labels[name] === one))
    );
  });

/**
 * Start of the window that a new note is about: the chosen one where it is shown, else the last of a range that is pinned,
 * where a note about now would not be seen.
 * @param untilMs undefined: the range follows now   @returns undefined: now
 */
export function notedAt(
  points: readonly { readonly start: string }[],
  {
    chosen,
    untilMs,
  }: { readonly chosen: string | undefined; readonly untilMs: number | undefined },
): string | undefined {
  if (points.some(({ start }) => start === chosen)) return chosen;
  if (untilMs === undefined) return undefined;
  // The range holds the instant before it ends, where nothing has a value too.
  const last = points.findLast(({ start }) => Date.parse(start) < untilMs);
  return last?.start ?? new Date(untilMs - 1).toISOString();
}
