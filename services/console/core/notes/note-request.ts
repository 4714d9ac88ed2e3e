import type { MetricDefinition } from '../../../kernel/definitions.ts';
import type { Refusal } from '../../../kernel/errors.ts';
import { readBody, readQuery } from '../../../kernel/members.ts';
import { parseTime } from '../../../kernel/query-time.ts';
import { err, ok } from '../../../kernel/result.ts';
import type { Result } from '../../../kernel/result.ts';
import { formatRfc3339 } from '../../../kernel/time.ts';
import type { EpochMs } from '../../../kernel/time.ts';
import { breakdownFor } from '../series-choice.ts';
import type { Parameters } from '../values-query.ts';
import { noteTarget } from './note-book.ts';
import type { BookedNote, NoteCommand } from './note-book.ts';

/** `GET /v1/metrics/{id}/notes`: by their time. */
export type NoteItem = {
  readonly id: string;
  /** What it is about. */
  readonly at: string;
  /** The series that it is about; empty: the metric as a whole. */
  readonly labels: Readonly<Record<string, string>>;
  readonly text: string;
  /** `person:ID` */
  readonly by: string;
  readonly writtenAt: string;
};
export type ListedNote = NoteItem & {
  /** Whether whoever asks may take it back. */
  readonly mayRemove: boolean;
};
export type NotesAnswer = {
  readonly metric: string;
  readonly notes: readonly ListedNote[];
  /** Whether whoever asks may put one on it: owners do. */
  readonly mayAdd: boolean;
};
/** `POST /v1/metrics/{id}/notes` */
export type NoteBody = {
  /** 1 to 2,000 characters. */
  readonly text: string;
  /** An RFC 3339 time, or a date in the metric's zone; default: now. */
  readonly at?: string;
  /** Members of one breakdown of the metric. */
  readonly labels?: Readonly<Record<string, string>>;
};

const TEXT_MAX = 2_000;
const MEMBER_MAX = 500;

const invalid = (detail: string, pointer: string): Result<never, Refusal> =>
  err({ code: 'invalid_parameter', detail, pointer });

export const noteItem = ({ command, note }: BookedNote): NoteItem => ({
  id: command.id,
  at: formatRfc3339(note.time),
  labels: note.labels,
  text: command.text,
  by: command.by,
  writtenAt: formatRfc3339(note.writtenAt),
});

/** The record that a request stands for. Pure. */
export function noteCommand(
  metric: MetricDefinition,
  body: unknown,
  { id, by, nowMs }: { readonly id: string; readonly by: string; readonly nowMs: EpochMs },
): Result<NoteCommand, Refusal> {
  const read = readBody(body, ['text', 'at', 'labels']);
  if (!read.ok) return read;
  const { text, at, labels = {} } = read.value;
  if (typeof text !== 'string' || text.trim() === '' || text.length > TEXT_MAX)
    return invalid(`text must be of 1 to ${TEXT_MAX} characters`, '/text');
  const time = at === undefined ? nowMs : parseTime(String(at), metric.timezone);
  if (time === undefined)
    return invalid(`at must be an RFC 3339 time or a date, not ${String(at)}`, '/at');
  if (!areLabels(labels)) return invalid('labels must be members by dimension', '/labels');
  const names = Object.keys(labels);
  if (names.length > 0 && !breakdownFor(metric.breakdowns, names))
    return err({
      code: 'breakdown_unavailable',
      detail: `${metric.id} is not kept by [${names.join(', ')}]`,
      pointer: '/labels',
    });
  return ok({
    id,
    kind: 'note',
    target: noteTarget(metric.id),
    by,
    at: nowMs,
    text: text.trim(),
    note: { time, labels, writtenAt: nowMs },
  });
}

const areLabels = (labels: unknown): labels is Readonly<Record<string, string>> =>
  typeof labels === 'object' &&
  labels !== null &&
  Object.values(labels).every((one) => typeof one === 'string' && one.length <= MEMBER_MAX);

/** Reads `from` and `to`, half-open; without them all notes. */
export function parseNotesQuery(
  { timezone }: MetricDefinition,
  parameters: Parameters,
): Result<{ readonly fromMs: EpochMs; readonly toMs: EpochMs }, Refusal> {
  const query = readQuery(parameters, ['from', 'to']);
  if (!query.ok) return query;
  const range = { from: -Infinity, to: Infinity };
  for (const name of ['from', 'to'] as const) {
    const text = query.value[name];
    if (text === undefined) continue;
    const time = parseTime(text, timezone);
    if (time === undefined)
      return invalid(`${name} must be an RFC 3339 time or a date, not ${text}`, `/${name}`);
    range[name] = time;
  }
  return ok({ fromMs: range.from, toMs: range.to });
}
