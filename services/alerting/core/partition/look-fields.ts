import type { EpochMs } from '../../../kernel/time.ts';
import type { Verdict } from '../alert/condition.ts';
import type { AlertState, Check, Slot } from '../alert/episode.ts';
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
 * only what the rule said of it stands here, with the name of the field that has the rest; where what is remembered and
 * waited for is shared too, nothing else.
 */
export type StoredLook =
  | readonly [nextStartMs: EpochMs | null, last: Check | null, isNewestSlot: boolean]
  | readonly [nextStartMs: EpochMs | null, last: Saying, isNewestSlot: boolean, sight: string]
  | readonly [last: Saying, sight: string];

/** What is shared: what was seen last; where anybody shares all of it, the slots (the newest follows from it) and the next window. */
export type StoredSight = {
  readonly seen: SharedSeen;
  readonly nextStartMs: EpochMs | null;
  readonly slots: readonly Slot[];
};
type SightText = readonly [seen: SharedSeen, nextStartMs?: EpochMs | null, newest?: Verdict];

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

/** Of a track that shares all. */
export const encodeName = (last: Check, sight: string): string =>
  JSON.stringify([sayingOf(last), sight] satisfies StoredLook);

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
export function encodeSight({ seen, nextStartMs, slots }: StoredSight): string {
  const { window, atMs, value, previous, count, completeness, watermarkMs } = seen;
  const kept = { window, atMs, value, previous, count, completeness, watermarkMs, cursors: [] };
  const newest = slots.at(-1);
  const text: SightText = newest ? [kept, nextStartMs, newest.verdict] : [kept];
  return JSON.stringify(text);
}
/** @param older slots that are stored beside it, in order of their windows */
export function decodeSight(text: string, older: readonly Slot[] = []): StoredSight {
  const [seen, nextStartMs = null, verdict] = JSON.parse(text) as SightText;
  return { seen, nextStartMs, slots: verdict ? [...older, slotOf({ ...seen, verdict })] : [] };
}

/** A look as it was stored. */
export type KnownLook = {
  readonly nextStartMs: EpochMs | null;
  readonly last: Check | null;
  readonly isNewestSlot: boolean;
  readonly sight?: string;
  /** Of an alert that shares all. */
  readonly slots?: readonly Slot[];
};
/** @param sightOf what is kept in a field that looks share */
export function decodeLook(
  text: string | undefined,
  sightOf: (field: string) => StoredSight | undefined,
): KnownLook {
  if (text === undefined) return { nextStartMs: null, last: null, isNewestSlot: false };
  const look = JSON.parse(text) as StoredLook;
  if (look.length === 3) return { nextStartMs: look[0], last: look[1], isNewestSlot: look[2] };
  if (look.length === 4) {
    const [nextStartMs, saying, isNewestSlot, sight] = look;
    return { nextStartMs, last: lastOf(sightOf(sight), saying), isNewestSlot, sight };
  }
  const [saying, sight] = look;
  const { nextStartMs = null, slots = [], ...known } = sightOf(sight) ?? {};
  return { nextStartMs, last: lastOf(known, saying), isNewestSlot: true, sight, slots };
}
const lastOf = (sight: Partial<StoredSight> | undefined, saying: Saying): Check | null =>
  sight?.seen ? { ...sight.seen, ...saying } : null;

/** Whether nothing of the last look may have to be told later, once others have come: no more than its value is kept then. */
export const isQuiet = ({ alert, isDormant }: Track): boolean =>
  !isDormant && alert.episode === null;

/** The cursors are most of its text. */
const lastToStore = (track: Track): Check | null => {
  const { last } = track.alert;
  return last && isQuiet(track) ? { ...last, cursors: [] } : last;
};

/** Whether the newest slot is just what the last look gives. */
export function showsNewest({ slots, last }: Pick<AlertState, 'slots' | 'last'>): boolean {
  const newest = slots.at(-1);
  return newest !== undefined && last !== null && isSame(newest, slotOf(last));
}
