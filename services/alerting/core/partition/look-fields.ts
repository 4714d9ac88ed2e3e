import type { EpochMs } from '../../../kernel/time.ts';
import type { AlertState, Check } from '../alert/episode.ts';
import { isSame, slotOf } from '../alert/history.ts';
import type { Sight } from '../values/sight.ts';
import type { Track } from './track.ts';

/** What a rule made of a window that was looked at. */
export type Saying = Pick<Check, 'verdict' | 'lookBack' | 'threshold' | 'lacking'>;
/** The rest of a check: the same for all rules that looked at it. */
export type SharedSeen = Sight['seen'];

/**
 * How far an alert's windows were looked at, and the last look. What is remembered of the newest window mostly follows from
 * that, and is then not stored beside it. Where the look is shared with other alerts of the series (core/partition/shared-sights.ts)
 * only what the rule said of it stands here, with the name of the field that has the rest.
 */
export type StoredLook =
  | readonly [nextStartMs: EpochMs | null, last: Check | null, isNewestSlot: boolean]
  | readonly [nextStartMs: EpochMs | null, last: Saying, isNewestSlot: boolean, sight: string];

/** Name of the field of an alert's last look. */
export const lookField = (alert: string): string => `l|${alert}`;

export const encodeLook = (track: Track): string =>
  JSON.stringify([
    track.nextStartMs,
    lastToStore(track),
    showsNewest(track.alert),
  ] satisfies StoredLook);

/** Of a track whose last look is the shared one. */
export const encodeSaying = ({ alert, nextStartMs }: Track, last: Check, sight: string): string =>
  JSON.stringify([nextStartMs, sayingOf(last), showsNewest(alert), sight] satisfies StoredLook);

/** In the order of a check's fields, so that both parts make up the same one again. */
const sayingOf = ({ verdict, lookBack, threshold, lacking }: Check): Saying => ({
  verdict,
  ...(lookBack ? { lookBack } : {}),
  threshold,
  ...(lacking ? { lacking } : {}),
});

export const saysSame = (a: Saying, b: Saying): boolean =>
  a.verdict === b.verdict &&
  a.threshold === b.threshold &&
  a.lookBack === b.lookBack &&
  a.lacking === b.lacking;

/** Without the cursors: whoever may have to tell them keeps a look of their own. */
export const encodeSeen = ({ window, atMs, value, previous, count, ...of }: SharedSeen): string => {
  const { completeness, watermarkMs } = of;
  const kept = { window, atMs, value, previous, count, completeness, watermarkMs, cursors: [] };
  return JSON.stringify(kept satisfies SharedSeen);
};
export const decodeSeen = (text: string): SharedSeen => JSON.parse(text) as SharedSeen;

/** A look as it was stored. @param seenOf what is kept in a field that looks share */
export function decodeLook(
  text: string | undefined,
  seenOf: (field: string) => SharedSeen | undefined,
): {
  readonly nextStartMs: EpochMs | null;
  readonly last: Check | null;
  readonly isNewestSlot: boolean;
  readonly sight?: string;
} {
  if (text === undefined) return { nextStartMs: null, last: null, isNewestSlot: false };
  const look = JSON.parse(text) as StoredLook;
  const [nextStartMs, , isNewestSlot] = look;
  if (look.length === 3) return { nextStartMs, last: look[1], isNewestSlot };
  const [, saying, , sight] = look;
  const seen = seenOf(sight);
  return { nextStartMs, last: seen ? { ...seen, ...saying } : null, isNewestSlot, sight };
}

/** Whether nothing of the last look may have to be told later, once others have come: no more than its value is kept then. */
export const isQuiet = ({ alert, isDormant }: Track): boolean =>
  !isDormant && alert.episode === null;

/** The cursors are most of its text. */
const lastToStore = (track: Track): Check | null => {
  const { last } = track.alert;
  return last && isQuiet(track) ? { ...last, cursors: [] } : last;
};

/** Whether the newest slot is just what the last look gives. */
export function showsNewest({ slots, last }: AlertState): boolean {
  const newest = slots.at(-1);
  return newest !== undefined && last !== null && isSame(newest, slotOf(last));
}
