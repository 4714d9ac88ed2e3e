import { describe, expect, test } from 'vitest';
import {
  fingerprintOf,
  fingerprintOffset,
} from '../../../../services/aggregator/core/fingerprint.ts';
import { closeSpans, folding } from '../../../../services/aggregator/core/fold.ts';
import { partitionJudge } from '../../../../services/aggregator/core/judge.ts';
import { emptyNotes } from '../../../../services/aggregator/core/notes.ts';
import { ProjectionState } from '../../../../services/aggregator/core/projection-state.ts';
import { envelopes } from '../../../support/envelopes.ts';
import { aMetric, anEventType } from '../../../support/metrics.ts';
import { anOrder } from '../../../support/order-events.ts';

const T = 1_700_000_000_000;
const PLACE = { topic: 't', partition: 0 };
const type = anEventType();
const { record, reader, plan } = envelopes(type);
const anOrderAt = (offset: number, id = 'a', appendMs = T) =>
  record({ offset, appendMs }, anOrder(id, T));
const opened = (next: number): ProjectionState =>
  new ProjectionState(plan(aMetric()), {
    generation: 'g',
    partitions: [{ ...PLACE, next, watermarkMs: 0, appendMs: 0, historicalMs: 0 }],
    series: new Map(),
  });

describe('the fingerprint of a record', () => {
  test('is the same for the same record, and names its offset', () => {
    expect(fingerprintOf(anOrderAt(12))).toBe(fingerprintOf(anOrderAt(12)));
    expect(fingerprintOffset(fingerprintOf(anOrderAt(12)))).toBe(12);
  });

  test.each([
    ['offset', anOrderAt(13)],
    ['append time', anOrderAt(12, 'a', T + 1)],
    ['content', anOrderAt(12, 'b')],
  ])('differs where the %s differs', (_, other) => {
    expect(fingerprintOf(other)).not.toBe(fingerprintOf(anOrderAt(12)));
  });

  test('a batch stamps with its last record the spans that took it', () => {
    const projections = [opened(0), opened(2)];
    const judge = partitionJudge(type, 0);
    const records = ['a', 'b'].map((id, offset) => anOrderAt(offset, id));
    for (const one of records)
      folding({ projections, notes: emptyNotes() }, PLACE)(one, judge.judge(one, reader));
    closeSpans(
      projections,
      { ...PLACE, fetchedOffset: 0, nextOffset: 2, endOffset: 2 },
      records.at(-1),
    );
    expect(projections.map((one) => one.take()?.spans.map((span) => span.fingerprint))).toEqual([
      [fingerprintOf(anOrderAt(1, 'b'))],
      undefined,
    ]);
  });
});
