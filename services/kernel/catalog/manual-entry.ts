import { compareDecimals, formatDecimal, parseDecimal, rescaleExact } from '../decimal.ts';
import { err, ok } from '../result.ts';
import type { Result } from '../result.ts';
import { seriesKey } from '../series.ts';
import { formatRfc3339, parseRfc3339 } from '../time.ts';
import type { EpochMs } from '../time.ts';
import { zoneCalendar } from '../window.ts';
import type { Window } from '../window.ts';
import { ENTRY_DIGITS, ENTRY_SCALE } from './manual-entry-type.ts';
import { manualWindowAt, manualWindowForm, manualWindowNamed } from './manual-windows.ts';
import type { ManualMetric } from './manual-windows.ts';

/** What somebody says the value of a window is, checked against the definition. */
export type ManualEntry = {
  readonly window: Window;
  readonly labels: Readonly<Record<string, string>>;
  readonly series: string;
  /** At the scale of the unit. */
  readonly value: string;
  readonly note: string | null;
  /** The window is final: the entry restates it and pages nobody. */
  readonly isHistorical: boolean;
};
/** Why an entry cannot be taken, and where in the request (RFC 6901). */
export type EntryFault = { readonly detail: string; readonly pointer: string };

const NOTE_MAX = 1_000;
const FIELDS = ['window', 'start', 'labels', 'value', 'note'] as const;
const VALUE_BOUND = { unscaled: 10 ** (ENTRY_DIGITS - ENTRY_SCALE), scale: 0 } as const;

const refuse = (pointer: string, detail: string): { ok: false; error: EntryFault } =>
  err({ detail, pointer });

/** Reads `{ window | start, labels, value, note }`. @param body JSON as it came */
export function readEntry(
  metric: ManualMetric,
  body: unknown,
  nowMs: EpochMs,
): Result<ManualEntry, EntryFault> {
  if (!isObject(body)) return refuse('', 'an entry is an object: { window, labels, value, note }');
  const unknown = Object.keys(body).find((name) => !FIELDS.includes(name as 'value'));
  if (unknown !== undefined)
    return refuse(`/${unknown}`, `an entry has no ${unknown}; it has ${FIELDS.join(', ')}`);
  const window = readWindow(metric, body, nowMs);
  if (!window.ok) return window;
  const labels = readLabels(metric, body['labels'] ?? {});
  if (!labels.ok) return labels;
  const value = readValue(metric, body['value']);
  if (!value.ok) return value;
  const { note = null } = body;
  if (note !== null && (typeof note !== 'string' || note.length > NOTE_MAX))
    return refuse('/note', `a note is a text of at most ${NOTE_MAX} characters`);
  const names = Object.keys(metric.manual.members);
  return ok({
    window: window.value,
    labels: labels.value,
    series: seriesKey(
      names,
      names.map((name) => labels.value[name] ?? ''),
    ),
    value: value.value,
    note: note === '' ? null : note,
    isHistorical: cellEnd(metric, window.value) + metric.latenessMs <= nowMs,
  });
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The end of the day that the entry's event time lies in: lateness and retention count from there. */
const cellEnd = ({ timezone }: ManualMetric, { startMs }: Window): EpochMs =>
  zoneCalendar(timezone).cellEnd('day', startMs);

function readWindow(
  metric: ManualMetric,
  { window: name, start }: Readonly<Record<string, unknown>>,
  nowMs: EpochMs,
): Result<Window, EntryFault> {
  const { grain } = metric.manual;
  if ((name === undefined) === (start === undefined))
    return refuse('', 'an entry says what it is for: window or start, and not both');
  const window =
    name === undefined ? windowFrom(metric, start) : manualWindowNamed(metric, String(name));
  if (!window)
    return name === undefined
      ? refuse('/start', `start must be when a ${grain} begins in ${metric.timezone}, as RFC 3339`)
      : refuse('/window', `${String(name)} is no ${grain}: write ${manualWindowForm(metric)}`);
  const pointer = name === undefined ? '/start' : '/window';
  const shown = formatRfc3339(window.startMs);
  if (window.startMs > nowMs)
    return refuse(pointer, `the ${grain} begins at ${shown}, which is still to come`);
  const keptMs = Math.max(metric.latenessMs, metric.retentionMs.day);
  if (cellEnd(metric, window) + keptMs <= nowMs)
    return refuse(pointer, `values from ${shown} are not kept any more`);
  return ok(window);
}

function windowFrom(metric: ManualMetric, start: unknown): Window | undefined {
  const startMs = typeof start === 'string' ? parseRfc3339(start) : undefined;
  const window = startMs === undefined ? undefined : manualWindowAt(metric, startMs);
  return window?.startMs === startMs ? window : undefined;
}

function readLabels(
  { id, manual }: ManualMetric,
  labels: unknown,
): Result<Readonly<Record<string, string>>, EntryFault> {
  if (!isObject(labels)) return refuse('/labels', 'labels are an object of dimension and member');
  const unknown = Object.keys(labels).find((name) => !Object.hasOwn(manual.members, name));
  if (unknown !== undefined)
    return refuse(`/labels/${unknown}`, `${id} has no dimension ${unknown}`);
  for (const [name, members] of Object.entries(manual.members)) {
    const member = labels[name];
    if (member === undefined) return refuse('/labels', `${name} is missing: ${shownList(members)}`);
    if (!members.includes(member as string))
      return refuse(
        `/labels/${name}`,
        `${String(member)} is no ${name} of ${id}; there are ${shownList(members)}`,
      );
  }
  return ok(labels as Record<string, string>);
}

const MEMBERS_SHOWN = 20;
const shownList = (members: readonly string[]): string =>
  members.length <= MEMBERS_SHOWN
    ? members.join(', ')
    : `${members.slice(0, MEMBERS_SHOWN).join(', ')} and ${members.length - MEMBERS_SHOWN} more`;

/** Decimal text only: a JSON number may have been rounded on its way. */
export function readValue(
  { unit, manual }: Pick<ManualMetric, 'unit' | 'manual'>,
  value: unknown,
): Result<string, EntryFault> {
  const decimal = typeof value === 'string' ? parseDecimal(value.trim()) : undefined;
  if (!decimal) return refuse('/value', 'value must be a decimal as text, such as "12.5"');
  const scaled = rescaleExact(decimal.unscaled, decimal.scale, unit.scale);
  if (scaled === undefined)
    return refuse('/value', `${unit.code} has ${unit.scale} decimal places here, not more`);
  const size = {
    ...decimal,
    unscaled: decimal.unscaled < 0 ? -decimal.unscaled : decimal.unscaled,
  };
  if (compareDecimals(size, VALUE_BOUND) >= 0)
    return refuse(
      '/value',
      `a value has at most ${ENTRY_DIGITS - ENTRY_SCALE} digits before the point`,
    );
  const [min, max] = [manual.min, manual.max].map((text) => parseDecimal(text ?? ''));
  if ((min && compareDecimals(decimal, min) < 0) || (max && compareDecimals(decimal, max) > 0))
    return refuse(
      '/value',
      `value must lie between ${manual.min ?? '−∞'} and ${manual.max ?? '∞'}`,
    );
  return ok(formatDecimal(scaled, unit.scale));
}
