import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { updateEncoder } from '../../../../services/aggregator/adapters/update-encoder.ts';
import { encodeUpdate } from '../../../../services/kernel/update.ts';
import type { Cursor, MetricUpdate, UpdateRecord } from '../../../../services/kernel/update.ts';
import { framed } from '../../../../services/platform/avro/codec.ts';
import { avroType } from '../../../../services/platform/avro/types.ts';
import type { Json } from '../../../../services/kernel/json.ts';

const SCHEMA = new URL('../../../../schemas/tidemark/metric-update.avsc', import.meta.url);
const codec = {
  encode: framed(1, avroType(JSON.parse(readFileSync(SCHEMA, 'utf8')) as Json)) as (
    record: UpdateRecord,
  ) => Buffer,
};
const cursorsOf = (count: number, offset: number): Cursor[] =>
  Array.from({ length: count }, (_, partition) => ({ topic: 'events.x', partition, offset }));
const value = (series: string, at: number, cursors: readonly Cursor[]): MetricUpdate => ({
  kind: 'value',
  metric: 'm',
  version: 'v',
  series,
  grain: 'minute',
  start: 0,
  end: 60_000,
  accumulators: { contributions: series.length, sum: 12_345 },
  value: '123.45',
  state: 'open',
  revision: 0,
  backfilled: false,
  watermark: 5,
  cursors,
  at,
});

test('what is written once for all updates of a view gives the bytes of each by itself', () => {
  const encode = updateEncoder(codec);
  const [one, two, none] = [cursorsOf(8, 1_000_000), cursorsOf(80, 7), cursorsOf(0, 0)];
  const updates = [
    value('[]', 1, one),
    value('["store","S1"]', 1, one),
    value('[]', 1, one),
    // The same cursors at another time, others at the same, none at all, and the first again.
    value('[]', 900, one),
    value('["store","é"]', 900, two),
    value('["store","S2"]', 900, two),
    value('[]', 900, none),
    { kind: 'tick', metric: 'm', version: 'v', watermark: 5, cursors: two, at: 900 } as const,
    { kind: 'clock', watermark: 5, at: 900, commands: 3 } as const,
    value('["store","S1"]', 1, one),
    value('[]', 1, cursorsOf(8, 1_000_000)),
  ];
  for (const update of updates)
    expect(encode(update).toString('hex')).toBe(codec.encode(encodeUpdate(update)).toString('hex'));
});
