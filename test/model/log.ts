import { partitionJudge } from '../../services/aggregator/core/judge.ts';
import type { Judged } from '../../services/aggregator/core/judge.ts';
import { indexStart } from '../../services/aggregator/core/horizon.ts';
import { emptyVariables, fillVariables } from '../../services/aggregator/core/expressions.ts';
import type { SourceRecord } from '../../services/aggregator/core/source-record.ts';
import { decide } from '../../services/aggregator/core/projector.ts';
import { HOUR_MS, MINUTE_MS } from '../../services/kernel/time.ts';
import { envelopes, heartbeatReader, heartbeatRecord } from '../support/envelopes.ts';
import { aMetric, anEventType } from '../support/metrics.ts';
import { anOrder } from '../support/order-events.ts';
import type { Guards } from './guards.ts';

/** A record as a scenario writes it; times are minutes since the log began. */
export type Written =
  | {
      readonly id: string;
      readonly source?: string;
      readonly appended: number;
      readonly happened: number;
      readonly historical?: true;
    }
  | { readonly heartbeat: number };

export const PARTITIONS = [0, 1] as const;
/** The start of an hour. */
const T0 = 1_700_002_800_000 - (1_700_002_800_000 % HOUR_MS);
const LATENESS_MS = 10 * MINUTE_MS;
const TYPE = anEventType({ outOfOrdernessMs: 0, duplicateHorizonMs: 2 * HOUR_MS });
const METRIC = aMetric({ grains: ['minute'], latenessMs: LATENESS_MS });
const { record, reader, plan } = envelopes(TYPE);
const PLAN = plan(METRIC);

/** One window of the only grain and series: the cell that its records may be counted into. */
export type Cell = { readonly startMs: number; readonly endMs: number; readonly finalMs: number };
/** What a worker whose index begins at some offset makes of a record. */
type Judgement = { readonly verdict: string; readonly watermarkMs: number };
type Place = { readonly partition: number; readonly offset: number };

/**
 * The log of a scenario, judged by the real code once for every offset that an index may begin at, so that exploring
 * looks decisions up: `partitionJudge`, `decide` and `indexStart` are the aggregator's own.
 */
export type Log = {
  readonly cells: readonly Cell[];
  readonly ends: readonly number[];
  /** Number of a record over all partitions, which is its bit in sets of records. */
  readonly numberOf: (at: Place) => number;
  readonly cellOf: (at: Place) => number;
  readonly isHistorical: (at: Place) => boolean;
  readonly judged: (at: Place, indexFrom: number) => Judgement;
  /** Whether the metric counts an event of this place when it reads it at this watermark, or finds it late. */
  readonly isLate: (at: Place, watermarkMs: number) => boolean;
  /** Where the index of a worker begins that opens at this cursor. */
  readonly indexFrom: (at: Place, first: number) => number;
  readonly describe: (number: number) => string;
};

export function writeLog(
  partitions: readonly (readonly Written[])[],
  guards: Pick<Guards, 'identity' | 'indexFromHorizon'>,
): Log {
  const ends = partitions.map((records) => records.length);
  const starts = ends.map((_, p) => ends.slice(0, p).reduce((sum, n) => sum + n, 0));
  const numberOf = ({ partition, offset }: Place): number => (starts[partition] as number) + offset;
  const written = partitions.flat();
  const source = partitions.map((records, partition) =>
    records.map((one, offset) => recordOf(one, { partition, offset }, guards)),
  );
  const minutes = written.map((one) =>
    'heartbeat' in one ? -1 : Math.floor(T0 / MINUTE_MS) + one.happened,
  );
  const distinct = [...new Set(minutes)].filter((minute) => minute >= 0).sort((a, b) => a - b);
  const cells = distinct.map((minute): Cell => {
    const endMs = (minute + 1) * MINUTE_MS;
    return { startMs: minute * MINUTE_MS, endMs, finalMs: endMs + LATENESS_MS };
  });
  const judgements = source.map((records) => records.map((_, from) => judgeFrom(records, from)));
  const isHistorical = (at: Place): boolean => isHistory(written[numberOf(at)]);

  return {
    cells,
    ends,
    numberOf,
    cellOf: (at) => distinct.indexOf(minutes[numberOf(at)] as number),
    isHistorical,
    judged: ({ partition, offset }, indexFrom) =>
      judgements[partition]?.[indexFrom]?.[offset - indexFrom] as Judgement,
    isLate: ({ partition, offset }, watermarkMs) =>
      judgements[partition]?.[0]?.[offset]?.isLate(watermarkMs) === true,
    indexFrom({ partition, offset }, first) {
      if (!guards.indexFromHorizon) return offset;
      const records = source[partition] as readonly SourceRecord[];
      const isHistory = (_: SourceRecord, at: number): boolean =>
        at >= first && at < offset && isHistorical({ partition, offset: at });
      const timeMs = indexStart(
        {
          appendMs: offset > first ? (records[offset - 1]?.appendMs ?? 0) : 0,
          historicalMs: records.findLast(isHistory)?.appendMs ?? 0,
        },
        TYPE.duplicateHorizonMs,
      );
      if (timeMs === undefined) return first;
      const found = records.findIndex(({ appendMs }) => appendMs >= timeMs);
      return Math.max(first, Math.min(found, offset));
    },
    describe(number) {
      const one = written[number] as Written;
      return 'heartbeat' in one ? `heartbeat` : `${one.id}${one.historical ? ' (historical)' : ''}`;
    },
  };
}

const isHistory = (one: Written | undefined): boolean =>
  one !== undefined && 'historical' in one && one.historical === true;

function recordOf(
  one: Written,
  { offset, partition }: Place,
  { identity }: Pick<Guards, 'identity'>,
): SourceRecord {
  if ('heartbeat' in one) {
    const at = T0 + one.heartbeat * MINUTE_MS;
    return heartbeatRecord({ offset, appendMs: at }, { instance: 'i', oldestMs: at });
  }
  const { id, source = '/a', appended, happened, historical = false } = one;
  const event = anOrder(
    identity === 'place' ? `${partition}/${offset}` : id,
    T0 + happened * MINUTE_MS,
    {
      source: identity === 'id' ? '/a' : source,
      historical,
    },
  );
  return record({ offset, appendMs: T0 + appended * MINUTE_MS }, event);
}

/** Judges a partition from `from` on with the real judge, and asks the real projector about lateness. */
function judgeFrom(records: readonly SourceRecord[], from: number) {
  const judge = partitionJudge(TYPE, from);
  return records.slice(from).map((one) => {
    const isBeat = one.bytes.readUInt32BE(one.valueFrom + 1) === 2;
    const judged = judge.judge(one, isBeat ? heartbeatReader : reader);
    return {
      verdict: judged.verdict.kind,
      watermarkMs: judged.watermarkMs,
      isLate: latenessOf(one, judged),
    };
  });
}

function latenessOf(one: SourceRecord, judged: Judged): (watermarkMs: number) => boolean {
  if (judged.verdict.kind === 'heartbeat') return () => false;
  // Asked of every event, also of one that is a copy to this index: to another it may be the first.
  // What the judge says is valid until its next record, so it is copied.
  const event: Judged = {
    ...judged,
    verdict: { kind: 'event' },
    data: structuredClone(judged.data),
  };
  const variables = fillVariables(emptyVariables(), { judged: event, record: one }, true);
  const seen = { judged: event, record: one, variables };
  return (watermarkMs) => decide(PLAN, seen, watermarkMs) === 'late';
}
