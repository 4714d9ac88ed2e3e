import type { Json } from '../../../kernel/json.ts';
import { formatRfc3339 } from '../../../kernel/time.ts';
import { whyNotAgain } from './letter.ts';
import type { Letter, Resend } from './letter.ts';

/** `GET /v1/dead-letters` */
export type DeadLettersAnswer = {
  /** The newest first. */
  readonly letters: readonly LetterSummary[];
  /** Of all that are kept, whatever was asked for; most letters first. */
  readonly reasons: readonly {
    readonly eventType: string;
    readonly code: string;
    readonly letters: number;
    /** Of these, those that were sent again. */
    readonly resent: number;
  }[];
  /** Letters beyond those that are kept: older than all of them. */
  readonly older: number;
  readonly cursor?: string;
};
export type LetterSummary = {
  readonly id: string;
  readonly eventType: string;
  /** `topic/partition/offset` of the record that could not be processed. */
  readonly position: string;
  readonly appendTime: string;
  readonly code: string;
  readonly detail: string;
  readonly sizeBytes: number | null;
  readonly resent: ResendAnswer | null;
  /** Why it cannot be sent again; null: it can. */
  readonly obstacle: string | null;
};
export type ResendAnswer = {
  readonly by: string;
  readonly at: string;
  /** Where it lies now. */
  readonly position: string;
  readonly historical: boolean;
};
/** `GET /v1/dead-letters/{id}` */
export type LetterAnswer = LetterSummary & {
  readonly key: string | null;
  readonly payload: Payload;
};
/** What a payload looks like; never more than a few kilobytes of it. */
export type Payload =
  | { readonly kind: 'none' }
  /** It decodes with the schema that it was written with. */
  | { readonly kind: 'event'; readonly event: Json }
  | { readonly kind: 'text'; readonly text: string; readonly isCut: boolean }
  | { readonly kind: 'bytes'; readonly hex: string; readonly isCut: boolean };
/** `POST /v1/dead-letters/{id}/resend` */
export type ResentAnswer = { readonly id: string } & ResendAnswer;
/** `POST /v1/dead-letters/resend`: some of those that a filter names; call again while `left` is above 0. */
export type ResendAllAnswer = {
  readonly resent: number;
  readonly left: number;
  readonly refused: readonly { readonly id: string; readonly detail: string }[];
};

export const letterSummary = (letter: Letter, resent: Resend | undefined): LetterSummary => ({
  id: letter.id,
  eventType: letter.eventType,
  position: `${letter.topic}/${letter.partition}/${letter.offset}`,
  appendTime: formatRfc3339(letter.atMs),
  code: letter.code,
  detail: letter.detail,
  sizeBytes: letter.sizeBytes,
  resent: resent ? resendAnswer(letter, resent) : null,
  obstacle: whyNotAgain(letter, undefined)?.detail ?? null,
});

export const resendAnswer = (letter: Letter, resent: Resend): ResendAnswer => ({
  by: resent.by,
  at: formatRfc3339(resent.atMs),
  position: `${letter.topic}/${letter.partition}/${resent.offset}`,
  historical: resent.historical,
});

export function reasonsOf(
  letters: readonly Letter[],
  resends: ReadonlyMap<string, Resend>,
): DeadLettersAnswer['reasons'] {
  const reasons = new Map<
    string,
    { eventType: string; code: string; letters: number; resent: number }
  >();
  for (const { id, eventType, code } of letters) {
    const key = `${eventType} ${code}`;
    const reason = reasons.get(key) ?? { eventType, code, letters: 0, resent: 0 };
    reason.letters++;
    if (resends.has(id)) reason.resent++;
    reasons.set(key, reason);
  }
  return [...reasons.values()].sort(
    (a, b) =>
      b.letters - a.letters || (`${a.eventType} ${a.code}` < `${b.eventType} ${b.code}` ? -1 : 1),
  );
}

/** Characters of a preview. */
const SHOWN_MAX = 4_000;
/** Control characters other than tab and line ends. */
// eslint-disable-next-line no-control-regex
const CONTROL = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\ufffd]/gu;
/** A text with more of them than this share is none. */
const CONTROL_SHARE_MAX = 0.05;

/** What bytes that are no event look like: as text where they are one, else in hexadecimal. */
export function payloadOf(bytes: Uint8Array | null): Payload {
  if (bytes === null || bytes.length === 0) return { kind: 'none' };
  const head = bytes.subarray(0, SHOWN_MAX);
  const text = new TextDecoder('utf-8').decode(head);
  const isCut = bytes.length > SHOWN_MAX;
  if ((text.match(CONTROL)?.length ?? 0) <= text.length * CONTROL_SHARE_MAX)
    return { kind: 'text', text: text.replaceAll(CONTROL, '·'), isCut };
  const shown = bytes.subarray(0, SHOWN_MAX / 8);
  const hex = [...shown].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  return { kind: 'bytes', hex, isCut: bytes.length > shown.length };
}

/** An event that decodes, unless it is longer than a preview may be. */
export function eventPayload(event: Json, bytes: Uint8Array): Payload {
  return JSON.stringify(event).length <= SHOWN_MAX * 4
    ? { kind: 'event', event }
    : payloadOf(bytes);
}
