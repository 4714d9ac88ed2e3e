import type { Command, LoggedCommand, Matcher, SilenceScope } from '../../../kernel/command.ts';
import { assertNever } from '../../../kernel/result.ts';
import { labelsOf } from '../../../kernel/series.ts';
import type { EpochMs } from '../../../kernel/time.ts';
import type { AlertState } from '../alert/episode.ts';

/** A silence as every lane knows it. */
export type Silence = SilenceScope & {
  readonly id: string;
  readonly by: string;
  readonly at: EpochMs;
  readonly comment: string | null;
};

/** What a command says about silences: a new one, the end of one, or nothing. The same one again changes nothing. */
export function takeSilence(
  silences: {
    has: (id: string) => boolean;
    set: (silence: Silence) => void;
    end: (id: string) => void;
  },
  { kind, target: id, by, at, text: comment, silence }: Command,
): void {
  if (kind === 'unsilence') silences.end(id);
  if (kind === 'silence' && silence && !silences.has(id))
    silences.set({ id, by, at, comment, ...silence });
}

/** The silences that these commands leave, in order; also those that are over. Pure. */
export function silencesAfter(
  before: ReadonlyMap<string, Silence>,
  commands: Iterable<LoggedCommand>,
): ReadonlyMap<string, Silence> {
  const after = new Map(before);
  for (const { command } of commands)
    takeSilence(
      {
        has: (id) => after.has(id),
        set: (silence) => after.set(silence.id, silence),
        end: (id) => after.delete(id),
      },
      command,
    );
  return after;
}

export type Silenceable = Pick<AlertState, 'rule' | 'metric' | 'severity' | 'series'>;

export const isActive = ({ startsAt, endsAt }: SilenceScope, atMs: EpochMs): boolean =>
  startsAt <= atMs && atMs < endsAt;

/** Whether all matchers hold. A matcher never holds for a label that the alert lacks, whatever its operator. */
export function covers({ matchers }: Pick<SilenceScope, 'matchers'>, alert: Silenceable): boolean {
  const labels = labelsOf(alert.series);
  return matchers.every((matcher) => {
    const value = valueOf(alert, labels, matcher.name);
    return value !== undefined && holds(matcher, value);
  });
}

function valueOf(
  alert: Silenceable,
  labels: Readonly<Record<string, string>>,
  name: string,
): string | undefined {
  if (name === 'rule' || name === 'metric' || name === 'severity') return alert[name];
  return labels[name];
}

function holds({ op, value }: Matcher, actual: string): boolean {
  switch (op) {
    case '=':
      return actual === value;
    case '!=':
      return actual !== value;
    case '=~':
      return matchesPattern(value, actual);
    case '!~':
      return !matchesPattern(value, actual);
    default:
      return assertNever(op);
  }
}

/**
 * Whether one of the alternatives (parted by `|`) is the whole text, `*` standing for any run of characters. No regular
 * expression: time grows with pattern × text and no faster, whoever writes it.
 */
export const matchesPattern = (pattern: string, text: string): boolean =>
  pattern.split('|').some((alternative) => matchesParts(alternative.split('*'), text));

/** The first part begins the text, the last ends it, those between follow each other: the leftmost place is as good as any. */
function matchesParts(parts: readonly string[], text: string): boolean {
  const [first = ''] = parts;
  if (parts.length === 1) return text === first;
  const last = parts.at(-1) ?? '';
  if (text.length < first.length + last.length) return false;
  if (!text.startsWith(first) || !text.endsWith(last)) return false;
  const end = text.length - last.length;
  let from = first.length;
  for (const part of parts.slice(1, -1)) {
    const found = text.indexOf(part, from);
    if (found === -1 || found + part.length > end) return false;
    from = found + part.length;
  }
  return true;
}

/** Which silence holds now for the alert, if any: `silence ID` or `maintenance ID`. A maintenance window goes first. */
export function silencedBy(
  silences: Iterable<Silence>,
  alert: Silenceable,
  atMs: EpochMs,
): string | null {
  let found: Silence | undefined;
  for (const silence of silences)
    if (isActive(silence, atMs) && covers(silence, alert) && isFirst(silence, found))
      found = silence;
  return found ? `${found.kind} ${found.id}` : null;
}

const isFirst = (one: Silence, other: Silence | undefined): boolean =>
  other === undefined || (one.kind === other.kind ? one.id < other.id : one.kind === 'maintenance');
