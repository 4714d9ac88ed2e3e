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
 * What is computed of a record by nobody or by many, and once: where two metrics ask, the second gets what the first got.
 * A class, not a closure, so that an answer that is there costs two loads and no call.
 * Law: `read` is as `evaluate`, for variables that are filled by `fillVariables`.
 */
export class OncePerRecord<T> {
  readonly #evaluate: (variables: EventVariables) => T;
  #stamp = 0;
  #value: T | undefined = undefined;

  constructor(evaluate: (variables: EventVariables) => T) {
    this.#evaluate = evaluate;
  }

  read(variables: EventVariables): T {
    if (variables.stamp !== this.#stamp) {
      this.#value = this.#evaluate(variables);
      this.#stamp = variables.stamp;
    }
    return this.#value as T;
  }
}

/** A compiled expression that is evaluated once per record. */
export type SharedExpression = Omit<Compiled, 'evaluate'> & {
  readonly value: OncePerRecord<unknown>;
};

/** Compiles each text once, however many metrics of an event type have it. */
export function sharedExpressions(compile: CompileExpression): (text: string) => SharedExpression {
  const shared = new Map<string, SharedExpression>();
  return (text) => {
    const known = shared.get(text);
    if (known) return known;
    const { evaluate, ...rest } = compile(text);
    const expression = { ...rest, value: new OncePerRecord(evaluate) };
    shared.set(text, expression);
    return expression;
  };
}
