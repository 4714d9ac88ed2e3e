import type { EpochMs } from '../../kernel/time.ts';

/**
 * A record of a source partition: a view on the bytes that hold it, reused for the next record. Key and value are
 * `bytes[from, to)`; `from` is −1 where there is none.
 */
export type SourceRecord = {
  readonly offset: number;
  /**
   * `[holeFrom, offset)` holds no record, by whoever decoded the log: what a projection lacks beside it was lost on the
   * way to it, and shows in the conservation equation.
   */
  readonly holeFrom: number;
  readonly appendMs: EpochMs;
  readonly bytes: Buffer;
  readonly keyFrom: number;
  readonly keyTo: number;
  readonly valueFrom: number;
  readonly valueTo: number;
};

/** A record with bytes of its own: may be kept. */
export type KeptRecord = {
  readonly offset: number;
  readonly appendMs: EpochMs;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
};

/** Copies what a view shows. */
export function keep({ offset, appendMs, ...view }: SourceRecord): KeptRecord {
  const { bytes, keyFrom, keyTo, valueFrom, valueTo } = view;
  const copy = (from: number, to: number): Buffer | null =>
    from < 0 ? null : Buffer.from(bytes.subarray(from, to));
  return { offset, appendMs, key: copy(keyFrom, keyTo), value: copy(valueFrom, valueTo) };
}

/** A view on a record that is kept, without holes before it and without its key: nothing is decided by keys. */
export function viewOf({ offset, appendMs, value }: KeptRecord): SourceRecord {
  return {
    offset,
    holeFrom: offset,
    appendMs,
    bytes: value ?? NOTHING,
    keyFrom: -1,
    keyTo: -1,
    valueFrom: value ? 0 : -1,
    valueTo: value ? value.length : -1,
  };
}

const NOTHING = Buffer.alloc(0);
