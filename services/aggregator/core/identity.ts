import { hash128Into } from '../../kernel/hash.ts';
import type { EpochMs } from '../../kernel/time.ts';
import type { EnvelopeRanges } from './envelope-head.ts';
import type { SourceRecord } from './source-record.ts';

/** By what a record is told from others, and for how long; reused for the next record. */
export type Identity = {
  /** Four words of a 128-bit hash of source and id. */
  readonly key: Int32Array;
  /** Of time, subject and data: the same identity with another one is a conflict. */
  checksum: number;
  appendMs: EpochMs;
  horizonMs: number;
};

/** Reads identities of records whose envelope heads were read into `ranges`. */
export function identityReader(
  ranges: EnvelopeRanges,
): (record: SourceRecord, horizonMs: number) => Identity {
  const payload = new Int32Array(4);
  const identity: Identity = { key: new Int32Array(4), checksum: 0, appendMs: 0, horizonMs: 0 };
  const { key } = identity;

  return ({ bytes, valueTo, appendMs }, horizonMs) => {
    hash128Into(key, bytes, { from: ranges.idFrom, to: ranges.idTo });
    const seed = (key[0] as number) ^ Math.imul(key[3] as number, 0x9e3779b1);
    const k1 = key[1] as number;
    const k2 = key[2] as number;
    hash128Into(key, bytes, { from: ranges.sourceFrom, to: ranges.sourceTo, seed });
    key[1] = (key[1] as number) ^ k1;
    key[2] = (key[2] as number) ^ k2;
    hash128Into(payload, bytes, { from: ranges.payloadFrom, to: valueTo });
    identity.checksum = (payload[0] as number) ^ (payload[2] as number);
    identity.appendMs = appendMs;
    identity.horizonMs = horizonMs;
    return identity;
  };
}
