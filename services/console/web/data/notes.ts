import type { NoteItem, NotesAnswer } from '../../core/notes/note-request.ts';
import { get } from './api.ts';
import { shown, useResource } from './resource.ts';

/** A note where the chart marks it. */
export type NoteMark = NoteItem & { readonly atMs: number };

export const notesPath = (metric: string): string =>
  `/v1/metrics/${encodeURIComponent(metric)}/notes`;

/** The notes of a metric, by their time. A chart without them is a chart still. */
export function useNotes(metric: string): {
  readonly notes: readonly NoteMark[];
  readonly reload: () => void;
} {
  const { resource, reload } = useResource(`notes ${metric}`, (signal) =>
    get<NotesAnswer>(notesPath(metric), signal),
  );
  const notes = shown(resource)?.notes ?? [];
  return { notes: notes.map((note) => ({ ...note, atMs: Date.parse(note.at) })), reload };
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
