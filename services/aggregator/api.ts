import type { PastAnswer, PastBody } from '../kernel/past.ts';
import type { Labels } from '../kernel/series.ts';
import type { Cursor } from '../kernel/update.ts';
import type { EventTrace } from './core/trace.ts';
import type { RecountAnswer } from './recount-question.ts';
import type { Aggregator } from './service.ts';
import type { VerifyAnswer } from './verify-question.ts';

/** What the routes of the aggregator take and answer: `schemas/openapi.json` is made of these types and their comments. */
export type AggregatorApi = {
  /** Where an event is, and why it was (not) counted. */
  readonly 'GET /v1/events/{source}/{id}': {
    readonly role: 'reader';
    readonly query: {
      /** `topic/partition/offset`, as ingest answered. */
      readonly position?: string;
      /** About when it was sent: narrows the search. */
      readonly time?: string;
    };
    readonly answer: EventTrace;
  };
  /** Counts windows again from the log, and compares every stored cell. */
  readonly 'POST /v1/metrics/{id}/verify': {
    readonly role: 'reader';
    readonly body: { readonly from: string; readonly to: string };
    readonly answer: VerifyAnswer;
  };
  /** Counts one window of one series again from the log, and names the events that contributed most. */
  readonly 'POST /v1/metrics/{id}/recount': {
    readonly role: 'reader';
    readonly body: {
      readonly start: string;
      readonly end: string;
      readonly labels?: Labels;
      readonly cursors?: readonly Cursor[];
      readonly version?: string;
      readonly top?: number;
    };
    readonly answer: RecountAnswer;
  };
  /** Windows as they were known earlier: what `asOf` of values is made of. */
  readonly 'POST /v1/metrics/{id}/past': {
    readonly role: 'reader';
    readonly body: PastBody;
    readonly answer: PastAnswer;
  };
  /** Ends the metric's generation: it is counted anew from the log. */
  readonly 'POST /v1/metrics/{id}/rebuild': {
    readonly role: 'steward';
    readonly status: '202';
    readonly answer: NonNullable<Awaited<ReturnType<Aggregator['rebuild']>>>;
  };
};
