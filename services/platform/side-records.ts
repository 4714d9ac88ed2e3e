/** Records of schemas/tidemark/{dead-letter,late-event}.avsc: what the aggregator writes beside its values. */
export type DeadLetterRecord = {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly appendTime: number;
  readonly code: string;
  readonly detail: string;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  /** Set: no dead letter, but the note that the one of this place was sent again. */
  readonly resent: ResendRecord | null;
};
export type ResendRecord = {
  readonly by: string;
  readonly at: number;
  /** Where it lies now, in the same topic and partition. */
  readonly offset: number;
  readonly historical: boolean;
};
export type LateEventRecord = {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly id: string;
  readonly source: string;
  readonly eventTime: number;
  readonly appendTime: number;
  readonly watermark: number;
  readonly metrics: readonly string[];
  readonly value: Buffer;
};
