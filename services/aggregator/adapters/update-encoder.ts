import { encodeUpdate } from '../../kernel/update.ts';
import type { Cursor, MetricUpdate, UpdateRecord } from '../../kernel/update.ts';
import type { Codec } from '../../platform/avro/codec.ts';

const NO_CURSORS: readonly Cursor[] = [];

/**
 * Encodes updates one after the other. Those of one view carry the same cursors, which are most of a record: they are written
 * once and copied. Avro writes a record as its fields one after the other, and a schema's last three are `cursors`, `at`
 * and `commands` (0 but for a clock, which has no cursors), so that records which agree in both end with the same bytes.
 * Law: the bytes are those of `codec.encode(encodeUpdate(update))`.
 */
export function updateEncoder(codec: Pick<Codec<UpdateRecord>, 'encode'>) {
  let cursors: readonly Cursor[] = NO_CURSORS;
  let at = Number.NaN;
  /** Of the update that was encoded last with its cursors. */
  let end: Buffer = Buffer.alloc(0);
  /** How many bytes no cursors and what follows them take. */
  let emptyEndBytes = 0;

  return (update: MetricUpdate): Buffer => {
    const record = encodeUpdate(update);
    if (record.cursors.length === 0) return codec.encode(record);
    const bare = codec.encode({ ...record, cursors: NO_CURSORS });
    if (record.cursors === cursors && record.at === at) {
      const ownBytes = bare.length - emptyEndBytes;
      const bytes = Buffer.allocUnsafe(ownBytes + end.length);
      bytes.set(bare.subarray(0, ownBytes), 0);
      bytes.set(end, ownBytes);
      return bytes;
    }
    const whole = codec.encode(record);
    // They part where one says that there are cursors, and the other that there are none.
    let own = 0;
    while (whole[own] === bare[own]) own++;
    [cursors, at] = [record.cursors, record.at];
    end = Buffer.from(whole.subarray(own));
    emptyEndBytes = bare.length - own;
    return whole;
  };
}
