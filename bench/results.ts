import type { EvaluationRun } from './alerting/evaluation.ts';
import type { AlertingRun } from './alerting/pipeline.ts';
import type { BackfillRun } from './backfill.ts';
import type { CatchUpRun } from './support/catch-up-figures.ts';
import type { IdleRun } from './idle.ts';
import type { IngestRun } from './ingest.ts';
import type { KillRun } from './kill.ts';
import type { LatencyRun } from './latency.ts';
import type { LiveRun } from './live.ts';
import { mid } from './support/markdown.ts';
import type { PaintRun } from './paint.ts';
import type { ReadRun } from './read.ts';
import type { ReadersRun } from './readers.ts';
import type { WorkersRun } from './workers.ts';

export type Machine = {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGibibytes: number;
  readonly system: string;
  readonly node: string;
  readonly kafka: string;
  readonly redis: string;
  readonly java: string;
};

/** One list per part; one that did not run is empty. */
export type Measured = {
  readonly catchUp: readonly CatchUpRun[];
  readonly live: readonly LiveRun[];
  readonly kill: readonly KillRun[];
  readonly workers: readonly WorkersRun[];
  readonly idle: readonly IdleRun[];
  readonly read: readonly ReadRun[];
  readonly paint: readonly PaintRun[];
  readonly ingest: readonly IngestRun[];
  readonly latency: readonly LatencyRun[];
  readonly readers: readonly ReadersRun[];
  readonly alerting: readonly AlertingRun[];
  readonly evaluation: readonly EvaluationRun[];
  readonly backfill: readonly BackfillRun[];
};

export type BenchResults = Measured & {
  readonly at: string;
  readonly commit: string;
  /** Of each part that was measured. */
  readonly runs: Readonly<Record<string, number>>;
  readonly isQuick: boolean;
  readonly machine: Machine;
};

export const NOTHING: Measured = {
  catchUp: [],
  live: [],
  kill: [],
  workers: [],
  idle: [],
  read: [],
  paint: [],
  ingest: [],
  latency: [],
  readers: [],
  alerting: [],
  evaluation: [],
  backfill: [],
};

type Program = Pick<CatchUpRun, 'program' | 'metrics' | 'repeats'>;

/** Microseconds of the process and Redis per event, the median of this program's runs. */
export const catchUpMicros = (
  { catchUp }: Pick<BenchResults, 'catchUp'>,
  wanted: Program,
): number | undefined => mid(catchUpRuns({ catchUp }, wanted), microsOf);

export const catchUpRuns = (
  { catchUp }: Pick<BenchResults, 'catchUp'>,
  { program, metrics, repeats }: Program,
): readonly CatchUpRun[] =>
  catchUp.filter(
    (run) => run.program === program && run.metrics === metrics && run.repeats === repeats,
  );

/** @returns undefined where one of the two is not known */
export const microsOf = (run: {
  readonly nodeMicros: number | undefined;
  readonly redisMicros: number | undefined;
}): number | undefined =>
  run.nodeMicros === undefined || run.redisMicros === undefined
    ? undefined
    : run.nodeMicros + run.redisMicros;
