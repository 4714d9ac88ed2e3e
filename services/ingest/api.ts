import type { Answer } from './core/answer.ts';
import type { EntryAnswer } from './entries.ts';

/** What the routes of ingest take and answer: `schemas/openapi.json` is made of these types and their comments. */

/** An event of CloudEvents 1.0 in JSON. */
type CloudEvent = {
  readonly specversion: '1.0';
  readonly id: string;
  readonly source: string;
  readonly type: string;
  /** RFC 3339. */
  readonly time?: string;
  readonly subject?: string;
  readonly partitionkey?: string;
  readonly datacontenttype?: string;
  /** The record of the event type's Avro schema. */
  readonly data?: Readonly<Record<string, unknown>>;
};

export type IngestApi = {
  /**
   * Events, durable when they are answered.
   * One, a batch of at most 1,000, or JSON with `ce-*` headers. 202: all are accepted; 207: some; 422: none.
   */
  readonly 'POST /v1/events': {
    readonly role: 'ingest';
    readonly query: {
      /** Events of the past: never late, and nobody is paged for them. Role `historical`. */
      readonly historical?: 'true' | 'false';
      /** Nothing is written: the answer is what it would be. */
      readonly dryRun?: 'true' | 'false';
    };
    readonly headers: {
      /** `handling=strict`: all or nothing. */
      readonly prefer?: string;
    };
    readonly takes: 'application/cloudevents+json application/cloudevents-batch+json';
    readonly body: CloudEvent | readonly CloudEvent[];
    readonly status: '202';
    readonly answer: Answer['body'];
  };
  /**
   * A value of a `manual` metric, entered by a person.
   * It is an event like any other: the metric counts it once, and corrections replace it.
   */
  readonly 'POST /v1/metrics/{id}/entries': {
    readonly role: 'owner or steward';
    readonly body: Readonly<Record<string, unknown>>;
    readonly status: '201';
    readonly answer: EntryAnswer;
  };
  /** The handshake of webhook senders (CloudEvents). */
  readonly 'OPTIONS /v1/events': {
    readonly headers: { readonly 'webhook-request-origin'?: string };
  };
};
