import { trimBytes, utf8Bytes } from './byte-limits.ts';
import type { AlertText } from './text.ts';

/** A message in words, and what the receiver's own template makes of it. */
export type MessageText = AlertText & {
  /** In the channel's own markup, in place of summary and facts. */
  readonly own?: string;
  /** Said at the end, in small: that a template failed, or the word that a bot demands. */
  readonly note?: string;
};

/** Bytes of one fact or line, and of a title: no label of a series may crowd out the rest. */
const FACT_BYTES_MAX = 600;
const TITLE_BYTES_MAX = 400;

/**
 * What is sent of a message, made smaller until it fits: facts go from the last on, then the own text by lines, then the
 * summary, then lines from the last on. A digest of messages takes no more than fits (core/digest.ts), so it loses none.
 * @param make the form of the channel
 */
export function shrunkToFit<T>(
  text: MessageText,
  make: (text: MessageText) => T,
  fits: (made: T) => boolean,
): T {
  let current: MessageText = {
    ...text,
    title: trimBytes(text.title, TITLE_BYTES_MAX),
    facts: text.facts.map(([label, value]) => [label, trimBytes(value, FACT_BYTES_MAX)] as const),
    lines: text.lines.map((line) => trimBytes(line, FACT_BYTES_MAX)),
  };
  for (;;) {
    const made = make(current);
    const next = fits(made) ? undefined : smaller(current);
    if (!next) return made;
    current = next;
  }
}

const SUMMARY_BYTES_MIN = 40;

/** A tenth of the lines goes, from the last on; how many are gone stands in their place. */
function fewer(lines: readonly string[]): readonly string[] {
  const gone = Number(/^… \+(\d+)$/.exec(lines.at(-1) ?? '')?.[1] ?? 0);
  const whole = gone > 0 ? lines.slice(0, -1) : lines;
  const going = Math.max(1, Math.floor(whole.length / 10));
  return [...whole.slice(0, whole.length - going), `… +${gone + going}`];
}

function smaller(text: MessageText): MessageText | undefined {
  if (text.facts.length > 0) return { ...text, facts: text.facts.slice(0, -1) };
  if (text.own !== undefined) {
    const lines = text.own.split('\n');
    if (lines.length > 2) return { ...text, own: [...lines.slice(0, -2), '…'].join('\n') };
    const { own: _, ...rest } = text;
    return rest;
  }
  const bytes = utf8Bytes(text.summary);
  if (bytes > SUMMARY_BYTES_MIN)
    return { ...text, summary: trimBytes(text.summary, Math.floor(bytes / 2)) };
  return text.lines.length > 1 ? { ...text, lines: fewer(text.lines) } : undefined;
}
