import type { IHeaders, KafkaMessage } from 'kafkajs';
import { kafkajsInside } from './kafkajs-inside.ts';
import type { RecordCursor } from './record-batch.ts';
import type { RecordSet } from './record-set.ts';

type Header = { readonly key: string; readonly value: Buffer };
type Decoder = { readonly readVarIntArray: (read: (decoder: Decoder) => Header) => Header[] };

/** Records as kafkajs gives them, for those who read few. @throws log_unreadable */
export function kafkaMessages(records: RecordSet): KafkaMessage[] {
  const cursor = records.open();
  const messages: KafkaMessage[] = [];
  while (cursor.next())
    messages.push({
      offset: String(cursor.offset),
      timestamp: String(cursor.appendMs),
      attributes: 0,
      key: keyOf(cursor),
      value: valueOf(cursor),
      headers: headersOf(cursor),
    });
  return messages;
}

type Place = Pick<RecordCursor, 'bytes' | 'keyFrom' | 'keyTo' | 'valueFrom' | 'valueTo'>;
export const keyOf = ({ bytes, keyFrom, keyTo }: Place): Buffer | null =>
  keyFrom < 0 ? null : bytes.subarray(keyFrom, keyTo);
export const valueOf = ({ bytes, valueFrom, valueTo }: Place): Buffer | null =>
  valueFrom < 0 ? null : bytes.subarray(valueFrom, valueTo);

function headersOf({ bytes, headersFrom }: RecordCursor): IHeaders {
  if (bytes[headersFrom] === 0) return {};
  const KafkaDecoder = kafkajsInside('src/protocol/decoder.js') as new (bytes: Buffer) => Decoder;
  const readHeader = kafkajsInside('src/protocol/recordBatch/header/v0/decoder.js') as (
    decoder: Decoder,
  ) => Header;
  const headers: IHeaders = {};
  for (const { key, value } of new KafkaDecoder(bytes.subarray(headersFrom)).readVarIntArray(
    readHeader,
  )) {
    const before = headers[key];
    headers[key] = before === undefined ? value : [before, value].flat();
  }
  return headers;
}
