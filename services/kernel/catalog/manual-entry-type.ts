import type { EventTypeDefinition } from '../definitions.ts';
import { DAY_MS, MINUTE_MS, SECOND_MS } from '../time.ts';

/** The event type of what people enter; it is there as long as a manual metric is, and no document may declare it. */
export const MANUAL_ENTRY = 'tidemark.manual-entry';

/**
 * Places and digits of an entered value in the log. One event type serves all manual metrics, so the scale is that of
 * the finest unit that one may have.
 */
export const ENTRY_SCALE = 6;
export const ENTRY_DIGITS = 18;

/** The record under `data` (docs/how-to/enter-values-by-hand.md). */
export type ManualEntryData = {
  readonly metric: string;
  /** Key of the series (kernel/series.ts), all dimensions in the order of the definition. */
  readonly series: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Epoch ms. The event time is the window's start, so that of all entries of a window the one with the highest offset is the last. */
  readonly windowStart: number;
  readonly windowEnd: number;
  readonly value: string;
  readonly note: string | null;
  /** `person:ID` */
  readonly by: string;
};

const timestamp = { type: 'long', logicalType: 'timestamp-millis' } as const;

export const MANUAL_ENTRY_TYPE: EventTypeDefinition = {
  id: MANUAL_ENTRY,
  schema: {
    type: 'record',
    name: 'ManualEntry',
    namespace: 'tidemark',
    fields: [
      { name: 'metric', type: 'string' },
      { name: 'series', type: 'string' },
      { name: 'labels', type: { type: 'map', values: 'string' } },
      { name: 'windowStart', type: timestamp },
      { name: 'windowEnd', type: timestamp },
      {
        name: 'value',
        type: {
          type: 'bytes',
          logicalType: 'decimal',
          precision: ENTRY_DIGITS,
          scale: ENTRY_SCALE,
        },
      },
      { name: 'note', type: ['null', 'string'], default: null },
      { name: 'by', type: 'string' },
    ],
  },
  outOfOrdernessMs: SECOND_MS,
  duplicateHorizonMs: DAY_MS,
  maxFutureMs: 5 * MINUTE_MS,
  timeFrom: 'event',
  unknownFields: 'refuse',
  name: { en: 'Manual entry', zh: '人工录入' },
};
