import { err, ok } from '../../../kernel/result.ts';
import type { Result } from '../../../kernel/result.ts';
import { MINUTE_MS, parseRfc3339 } from '../../../kernel/time.ts';
import type { DurationMs, EpochMs } from '../../../kernel/time.ts';
import { parsePromDuration } from '../promql/duration.ts';
import type { QueryFault } from '../promql/fault.ts';
import type { Times } from './grid.ts';

/** Parameters of a request, of its body and its URL together; the body's come first. */
export type Form = {
  /** The first of this name. */
  readonly get: (name: string) => string | null;
  readonly getAll: (name: string) => readonly string[];
};

/** As Prometheus: some pixels more than a screen has. */
const STEPS_MAX = 11_000;
/** How far a client's clock may be away from ours for its now to be now. */
const NOW_WITHIN_MS = MINUTE_MS;

const refuse = (detail: string): Result<never, QueryFault> => err({ type: 'bad_data', detail });

export type Evaluation = { readonly steps: Float64Array; readonly times: Times };

export function instantOf(form: Form, nowMs: EpochMs): Result<Evaluation, QueryFault> {
  const text = form.get('time');
  const timeMs = text === null || text === '' ? nowMs : parsePromTime(text);
  if (timeMs === undefined) return refuse(invalidTime('time', text));
  const isNow = Math.abs(timeMs - nowMs) <= NOW_WITHIN_MS;
  const times = { firstMs: timeMs, lastMs: timeMs, isNow };
  return ok({ steps: Float64Array.of(timeMs), times });
}

export function rangeOf(form: Form): Result<Evaluation, QueryFault> {
  const [start, end] = [form.get('start'), form.get('end')];
  const firstMs = parsePromTime(start ?? '');
  if (firstMs === undefined) return refuse(invalidTime('start', start));
  const endMs = parsePromTime(end ?? '');
  if (endMs === undefined) return refuse(invalidTime('end', end));
  if (endMs < firstMs)
    return refuse('invalid parameter "end": end timestamp must not be before start time');
  const step = form.get('step') ?? '';
  const stepMs = parseStep(step);
  if (stepMs === undefined)
    return refuse(
      `invalid parameter "step": cannot parse ${JSON.stringify(step)} to a valid duration`,
    );
  if (stepMs <= 0)
    return refuse(
      'invalid parameter "step": zero or negative query resolution step widths are not accepted. Try a positive integer',
    );
  const count = Math.floor((endMs - firstMs) / stepMs) + 1;
  if (count > STEPS_MAX + 1)
    return refuse(
      'exceeded maximum resolution of 11,000 points per timeseries. Try decreasing the query resolution (?step=XX)',
    );
  const steps = Float64Array.from({ length: count }, (_, i) => firstMs + i * stepMs);
  return ok({ steps, times: { firstMs, lastMs: steps.at(-1) ?? firstMs, isNow: false } });
}

const invalidTime = (name: string, text: string | null): string =>
  `invalid parameter ${JSON.stringify(name)}: cannot parse ${JSON.stringify(text ?? '')} to a valid timestamp`;

const SECONDS = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
/** Beyond it there is no date. */
const TIME_MS_MAX = 8.64e15;

/** Seconds since 1970 with a fraction, or RFC 3339. */
function parsePromTime(text: string): EpochMs | undefined {
  if (!SECONDS.test(text)) return parseRfc3339(text);
  const ms = Math.round(Number(text) * 1_000);
  return Math.abs(ms) <= TIME_MS_MAX / 10 ? ms : undefined;
}

/** Seconds with a fraction, or a duration. */
function parseStep(text: string): DurationMs | undefined {
  if (!SECONDS.test(text)) return parsePromDuration(text);
  const ms = Math.round(Number(text) * 1_000);
  return Number.isSafeInteger(ms) ? ms : undefined;
}
