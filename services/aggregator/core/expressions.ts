import type { Compiled } from '../../kernel/expression/types.ts';
import type { EpochMs } from '../../kernel/time.ts';
import type { EventData, Judged } from './judge.ts';
import type { SourceRecord } from './source-record.ts';

/** What expressions see of the record at hand. */
export type EventVariables = {
  data: EventData;
  id: string;
  source: string;
  time: EpochMs;
  subject: string | null;
  /** Another for each filling: what was evaluated for this one need not be again. */
  stamp: number;
};

export type CompileExpression = (text: string) => Compiled;

let stamps = 0;
const NO_DATA: EventData = {};

export const emptyVariables = (): EventVariables => ({
  data: NO_DATA,
  id: '',
  source: '',
  time: 0,
  subject: null,
  stamp: ++stamps,
});

/** Fills `out` from a judged event. Strings of the head are made only where some metric reads them. */
export function fillVariables(
  out: EventVariables,
  { judged, record }: { judged: Judged; record: SourceRecord },
  needsStrings: boolean,
): EventVariables {
  out.stamp = ++stamps;
  out.data = judged.data ?? NO_DATA;
  out.time = judged.eventMs;
  if (!needsStrings) return out;
  const { ranges } = judged;
  const text = (from: number, to: number): string => record.bytes.toString('utf8', from, to);
  out.id = text(ranges.idFrom, ranges.idTo);
  out.source = text(ranges.sourceFrom, ranges.sourceTo);
  out.subject = ranges.subjectFrom >= 0 ? text(ranges.subjectFrom, ranges.subjectTo) : null;
  return out;
}

/** Source and id of a judged event. */
export function namesOf(judged: Judged, record: SourceRecord): { id: string; source: string } {
  const { id, source } = fillVariables(emptyVariables(), { judged, record }, true);
  return { id, source };
}

/**
 * Compiles each text once, and evaluates it once per record, however many metrics of an event type have it.
 * Law: as `compile`, for variables that are filled by `fillVariables`.
 */
export function sharedExpressions(compile: CompileExpression): CompileExpression {
  const shared = new Map<string, Compiled>();
  return (text) => {
    const known = shared.get(text);
    if (known) return known;
    const compiled = compile(text);
    const once = { ...compiled, evaluate: oncePerRecord(compiled.evaluate) };
    shared.set(text, once);
    return once;
  };
}

export function oncePerRecord<T>(
  evaluate: (variables: EventVariables) => T,
): (variables: object) => T {
  let stamp = 0;
  let value: T;
  return (variables) => {
    const seen = variables as EventVariables;
    if (seen.stamp === stamp) return value;
    value = evaluate(seen);
    stamp = seen.stamp;
    return value;
  };
}
