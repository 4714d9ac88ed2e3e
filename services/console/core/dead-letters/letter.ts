import type { EpochMs } from '../../../kernel/time.ts';

/** A dead letter as it is kept in memory: without key and payload, which stay in the log. */
export type Letter = {
  /** `TOPIC-PARTITION-OFFSET` of the record that could not be processed: the key on `dead-letters`. */
  readonly id: string;
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly eventType: string;
  readonly code: string;
  readonly detail: string;
  /** Append time of the record. */
  readonly atMs: EpochMs;
  /** Of the record's value; null where it has none. */
  readonly sizeBytes: number | null;
  /** Where the letter itself lies on `dead-letters`. */
  readonly lies: { readonly partition: number; readonly offset: number };
};
/** That a letter was sent again. Under its own number it is another record. */
export type Resend = {
  readonly by: string;
  readonly atMs: EpochMs;
  readonly offset: number;
  readonly historical: boolean;
};

export const letterId = (place: { topic: string; partition: number; offset: number }): string =>
  `${place.topic}-${place.partition}-${place.offset}`;

/** Codes that sending the same record again cannot heal, with the reason. */
const INCURABLE: Readonly<Record<string, string>> = {
  conflict:
    'the first event of this source and id stands: send the correction under an id of its own',
  id_missing: 'the record itself has no id: send the event anew, with one',
};

/** Why a letter may not be sent again; undefined: it may. */
export function whyNotAgain(
  letter: Pick<Letter, 'code' | 'sizeBytes'>,
  resent: Resend | undefined,
): { readonly code: 'already_resent' | 'invalid_parameter'; readonly detail: string } | undefined {
  if (letter.sizeBytes === null)
    return { code: 'invalid_parameter', detail: 'the record has no value that could be sent' };
  const incurable = INCURABLE[letter.code];
  if (incurable !== undefined) return { code: 'invalid_parameter', detail: incurable };
  if (!resent) return undefined;
  return {
    code: 'already_resent',
    detail: `${resent.by} sent it again, as offset ${resent.offset} of the same partition`,
  };
}
