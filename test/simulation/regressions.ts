import { FAULT_KINDS } from './faults.ts';
import type { FaultKind } from './faults.ts';

/** Faults that came after these seeds: with them each would be another run. */
const LATER: readonly FaultKind[] = ['late_alert_write', 'compaction'];
export const KINDS_THEN: ReadonlySet<FaultKind> = new Set(
  FAULT_KINDS.filter((kind) => !LATER.includes(kind)),
);

/** Seeds that once failed, and what each found. They run in every campaign. */
export const REGRESSIONS = [
  {
    seed: 602_410_306,
    found: 'a worker that owned nothing said for ever that a metric was parked',
  },
  { seed: 194, found: 'a dead letter whose first writing failed was never written' },
  { seed: 300_170, found: 'after a loss an alert was forgotten, and its end never told' },
  { seed: 301_854, found: 'a clock that was put back put off the end of a silence' },
  {
    seed: 3_001_474,
    found: 'a breach after silence was not told where the news of the silence had arrived by then',
  },
  {
    seed: 767_258_715,
    found: 'which ended episode late data takes back was up to what had been delivered by then',
  },
  {
    seed: 60_002_837,
    found:
      'an alert whose transitions were written and not committed passed over windows that it had seen',
  },
  {
    seed: 942_320_490,
    found: 'an alert that was read again was muted by the future of a graver one',
  },
  {
    seed: 10_747,
    found:
      'where the watermark had stood still for longer than a memory, a loss gave an episode another id',
  },
  { seed: 5_152, found: 'after a loss a silence held before the log said so' },
  { seed: 5_681, found: 'after a loss an alert waited for a later window than before' },
  { seed: 6_181, found: 'after a loss a mute that nobody had known of was told to be over' },
  { seed: 8_750, found: 'an alert of a metric without a tick passed over a window after a loss' },
  { seed: 24_379, found: 'after a loss a source that was heard of again went on being silent' },
  {
    seed: 507_086,
    found:
      'the checker asked consumers to know no more than a generation that a rollback had brought back',
  },
  {
    seed: 111_261,
    found: 'after a loss nobody was told that a series which history had brought was silent',
  },
] as const;
