import { TidemarkError } from '../../kernel/errors.ts';
import { crc32c } from './crc32c.ts';
import { batchEnd, BatchCursor, HEAD, int64At } from './record-batch.ts';
import type { RecordCursor } from './record-batch.ts';
import { surveyRecords } from './record-survey.ts';
import type { RawRecords } from './record-survey.ts';

export type RecordSet = {
  readonly fetchOffset: number;
  /** Where the next fetch begins, past holes in the log. */
  readonly nextOffset: number;
  /** Records at most: some may lie below `fetchOffset`. */
  readonly count: number;
  /** Neither a whole batch came, nor a fault that must be told. */
  readonly isEmpty: boolean;
  /** A cursor at the start; each has its own place. */
  open(): RecordCursor;
};

/**
 * The records of a fetch, from `fetchOffset` on. Each batch is checked by its CRC-32C before its first record is given,
 * hidden ones too; one that is damaged ends the reading, and is never passed over. The CRC does not cover offset and
 * length: those are held against the batches before, and the bytes that came.
 * @param where `topic/partition`, for messages
 */
export function recordSet(raw: RawRecords, fetchOffset: number, where: string): RecordSet {
  const { bytes } = raw;
  const survey = surveyRecords(raw, fetchOffset);
  const { positions, visible } = survey;
  /** How many batches were found whole, by any cursor. */
  let checked = 0;
  const fault = (what: string, cause?: unknown): Error =>
    new TidemarkError('log_unreadable', `${where}: ${what}`, { cause });

  const check = (index: number): void => {
    if (index < checked) return;
    const position = positions[index] as number;
    const crc = crc32c(bytes, position + HEAD.attributes, batchEnd(bytes, position));
    if (crc !== bytes.readUInt32BE(position + HEAD.crc))
      throw fault(`the batch at ${int64At(bytes, position)} fails its checksum`);
    checked = index + 1;
  };

  return {
    fetchOffset,
    nextOffset: survey.nextOffset,
    count: survey.count,
    isEmpty: positions.length === 0 && survey.fault === undefined,
    open() {
      let index = 0;
      const nextBatch = (): number | undefined => {
        while (index < positions.length) {
          check(index);
          if (visible[index++]) return positions[index - 1];
        }
        if (survey.fault !== undefined) throw fault(survey.fault);
        return undefined;
      };
      return new BatchCursor({ bytes, fetchOffset, nextBatch, fault });
    },
  };
}
