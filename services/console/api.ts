import type { MetricTree } from '../kernel/catalog/tree.ts';
import type { Json } from '../kernel/json.ts';
import type { LedgerEntry } from '../kernel/import/ledger.ts';
import type { PruneAnswer } from './catalog-prune.ts';
import type { MetricAnswer, MetricsAnswer, PipelineAnswer, ValuesAnswer } from './core/answers.ts';
import type { ImpactAnswer, LineageAnswer } from './core/catalog-answers.ts';
import type {
  CheckAnswer,
  DocumentAnswer,
  DocumentsAnswer,
  HistoryAnswer,
} from './core/catalog/answers.ts';
import type { DifferenceAnswer } from './core/catalog/difference.ts';
import type { DashboardAnswer, DashboardsAnswer } from './core/dashboards/dashboards-answer.ts';
import type {
  DeadLettersAnswer,
  LetterAnswer,
  ResendAllAnswer,
  ResentAnswer,
} from './core/dead-letters/answers.ts';
import type { EntriesAnswer } from './core/entries/booked-entry.ts';
import type { EntrySheetsAnswer } from './core/entries/entry-sheet.ts';
import type { EventTypesAnswer, ImportsAnswer } from './core/imports.ts';
import type { LateEventsAnswer } from './core/late-events.ts';
import type { NoteBody, NoteItem, NotesAnswer } from './core/notes/note-request.ts';
import type { NotificationsAnswer } from './core/notifications.ts';
import type { CorrectionsAnswer, ManyAnswer } from './core/overview/many.ts';
import type { MeAnswer } from './core/overview/mine.ts';
import type { ValuesParameters } from './core/values-query.ts';
import type { PrometheusApi } from './prometheus-api.ts';

/** What the routes of the console take and answer: `schemas/openapi.json` is made of these types and their comments. */

type Reading<Answer> = { readonly role: 'reader'; readonly answer: Answer };
/** Its prose is in the first of these languages that is spoken here: `zh`, else English. */
type Spoken = { readonly headers: { readonly 'accept-language'?: string } };
type Asking<Query, Answer> = Reading<Answer> & { readonly query: Query };
type Paged = { readonly limit?: number; readonly cursor?: string };
/** `base`: the state of the document that was looked at; without it the step is taken upon whatever there is. */
type Step<Role extends string, Body> = {
  readonly role: Role;
  readonly body: Body & { readonly base?: string };
  readonly answer: DocumentAnswer;
} & Spoken;
type Breaking = {
  /** What the change would break was seen. */
  readonly acceptsBreaks?: boolean;
};
export type ConsoleApi = {
  /** The published metrics, by id. */
  readonly 'GET /v1/metrics': Asking<
    Paged & {
      /** Words that all stand somewhere in id, code, names, purpose, domain, process, owner or tags. */
      readonly q?: string;
      /** `person:ID` or `team:ID`, as the definition names it. */
      readonly owner?: string;
    },
    MetricsAnswer
  >;
  /** A metric: definition, version, lineage, owner, watermark, cardinality, dependents. */
  readonly 'GET /v1/metrics/{id}': Reading<MetricAnswer>;
  /**
   * Values of a metric over time.
   * As a file with `format`, or `Accept` of its type.
   */
  readonly 'GET /v1/metrics/{id}/values': {
    readonly role: 'reader';
    readonly query: ValuesParameters & {
      readonly format?: 'json' | 'csv' | 'xlsx';
      /** Of files: what the table is of stands above it. */
      readonly about?: 'true' | 'false';
      /** Of CSV: a byte order mark comes first, as Excel needs it. */
      readonly bom?: 'true' | 'false';
    };
    readonly files:
      | 'text/csv'
      | 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';
    readonly answer: ValuesAnswer;
  };
  /** Values of the window that holds now. */
  readonly 'GET /v1/metrics/{id}/current': Asking<
    Pick<ValuesParameters, 'by' | 'where' | 'compare' | 'version' | 'limit' | 'cursor'> & {
      /** As `grain` of values; default: the day. */
      readonly window?: string;
    },
    ValuesAnswer
  >;
  /** Values of many metrics at once, of the window that holds now. */
  readonly 'GET /v1/current': Asking<Readonly<Record<string, string>>, ManyAnswer>;
  /** What was corrected lately. */
  readonly 'GET /v1/corrections': Asking<Readonly<Record<string, string>>, CorrectionsAnswer>;
  /** Who asks, and what is his. */
  readonly 'GET /v1/me': { readonly role: 'any'; readonly answer: MeAnswer };
  /** The conservation equation, cursors, lag and watermarks. */
  readonly 'GET /v1/pipeline': Reading<PipelineAnswer>;
  /** Server-sent events `value`, `alert`, `notification`, `catalog`, `note`, `pipeline` and `reset`. */
  readonly 'GET /v1/stream': {
    readonly role: 'reader';
    readonly query: {
      /** May be repeated; without it all are told. */
      readonly metric?: readonly string[];
    };
    readonly headers: { readonly 'last-event-id'?: string };
    readonly media: 'text/event-stream';
    readonly answer: string;
  };
  /** Messages to the browser of whoever asks, newest first. */
  readonly 'GET /v1/notifications': Asking<{ readonly limit?: number }, NotificationsAnswer>;
  /** Dashboards of the catalogue. */
  readonly 'GET /v1/dashboards': Reading<DashboardsAnswer>;
  /** A dashboard with its panels. */
  readonly 'GET /v1/dashboards/{id}': Reading<DashboardAnswer>;
  /** Metrics whose values people enter, as far as whoever asks may. */
  readonly 'GET /v1/entries': Reading<EntrySheetsAnswer>;
  /** What was entered for a metric, newest first. */
  readonly 'GET /v1/metrics/{id}/entries': Asking<Paged, EntriesAnswer>;
  /** Notes on the time line of a metric, by their time. */
  readonly 'GET /v1/metrics/{id}/notes': Asking<
    { readonly from?: string; readonly to?: string },
    NotesAnswer
  >;
  /** Puts a note on it. */
  readonly 'POST /v1/metrics/{id}/notes': {
    readonly role: 'owner';
    readonly body: NoteBody;
    readonly answer: NoteItem;
    readonly status: '201';
  };
  /** Takes one's own note back; approvers take back what others wrote too. */
  readonly 'DELETE /v1/metrics/{id}/notes/{note}': {
    readonly role: 'owner or approver';
    readonly answer: NoteItem;
  };
  /** Event types, for those who import files. */
  readonly 'GET /v1/event-types': Reading<EventTypesAnswer>;
  /** Contents that were imported. */
  readonly 'GET /v1/imports': { readonly role: 'historical'; readonly answer: ImportsAnswer };
  /** How far the import of a content came; the id is its SHA-256. */
  readonly 'GET /v1/imports/{id}': {
    readonly role: 'historical';
    readonly answer: LedgerEntry & { readonly hash: string };
  };
  /** Notes how far it came. */
  readonly 'PUT /v1/imports/{id}': {
    readonly role: 'historical';
    readonly body: LedgerEntry;
    readonly answer: unknown;
  };
  /** Objectives, metrics and what drives them. */
  readonly 'GET /v1/tree': Reading<MetricTree>;
  /** Metrics that could go: near-duplicates, unread and ownerless ones. */
  readonly 'GET /v1/catalog/prune': Asking<
    {
      /** A duration such as P30D. */
      readonly unreadFor?: string;
    },
    PruneAnswer
  > &
    Spoken;
  /** From event field over metrics to rules and followers. */
  readonly 'GET /v1/catalog/lineage/{metric}': Reading<LineageAnswer> & Spoken;
  /** What documents would do, published as they are; nothing is written. */
  readonly 'POST /v1/catalog/impact': Reading<ImpactAnswer> &
    Spoken & {
      readonly body: {
        readonly documents?: readonly Json[];
        /** `KIND/ID`. */
        readonly withdraw?: readonly string[];
      };
    };
  /** The documents of the catalogue with their states. */
  readonly 'GET /v1/catalog/documents': Asking<
    Paged & {
      readonly kind?: string;
      readonly state?: string;
      readonly q?: string;
      readonly owner?: string;
      readonly domain?: string;
    },
    DocumentsAnswer
  >;
  /** A document: what is published, and its draft. */
  readonly 'GET /v1/catalog/documents/{kind}/{id}': Reading<DocumentAnswer> & Spoken;
  /** Its versions, newest first. */
  readonly 'GET /v1/catalog/documents/{kind}/{id}/history': Reading<HistoryAnswer>;
  /** What a draft in review would change in values. */
  readonly 'GET /v1/catalog/drafts/{kind}/{id}/difference': Asking<
    Readonly<Record<string, string>>,
    DifferenceAnswer
  >;
  /** Checks a document as publishing would. */
  readonly 'POST /v1/catalog/check': Reading<CheckAnswer> &
    Spoken & {
      readonly body: { readonly text: string };
    };
  /** Writes a draft. */
  readonly 'PUT /v1/catalog/drafts/{kind}/{id}': Step<
    'owner or steward',
    { readonly text: string; readonly note?: string }
  >;
  /** Drops a draft. */
  readonly 'DELETE /v1/catalog/drafts/{kind}/{id}': Step<'owner or steward', object>;
  /** Hands a draft in. */
  readonly 'POST /v1/catalog/drafts/{kind}/{id}/submit': Step<
    'owner or steward',
    { readonly note?: string }
  >;
  /** Takes it back. */
  readonly 'POST /v1/catalog/drafts/{kind}/{id}/withdraw': Step<'owner or steward', object>;
  /** Sends it back, with the reason. */
  readonly 'POST /v1/catalog/drafts/{kind}/{id}/reject': Step<
    'approver',
    { readonly reason: string }
  >;
  /** Publishes it; nobody approves their own. */
  readonly 'POST /v1/catalog/drafts/{kind}/{id}/approve': Step<
    'approver',
    Breaking & { readonly note?: string }
  >;
  /** Takes a published document out of use. */
  readonly 'POST /v1/catalog/documents/{kind}/{id}/retire': Step<
    'approver',
    Breaking & { readonly reason: string }
  >;
  /** Publishes an earlier version again. */
  readonly 'POST /v1/catalog/documents/{kind}/{id}/rollback': Step<
    'approver',
    Breaking & { readonly revision: number }
  >;
  /** Records that could not be processed. */
  readonly 'GET /v1/dead-letters': Asking<Readonly<Record<string, string>>, DeadLettersAnswer>;
  /** One of them, with its payload. */
  readonly 'GET /v1/dead-letters/{id}': Reading<LetterAnswer>;
  /** Sends it again, as it was or corrected. */
  readonly 'POST /v1/dead-letters/{id}/resend': {
    readonly role: 'steward';
    readonly body: Readonly<Record<string, unknown>>;
    readonly answer: ResentAnswer;
  };
  /** Sends many again. */
  readonly 'POST /v1/dead-letters/resend': {
    readonly role: 'steward';
    readonly body: Readonly<Record<string, unknown>>;
    readonly answer: ResendAllAnswer;
  };
  /** Events past allowed lateness. */
  readonly 'GET /v1/late-events': Asking<Readonly<Record<string, string>>, LateEventsAnswer>;
  /** Current business values for a Prometheus scrape. */
  readonly 'GET /metrics/kpi': {
    readonly role: 'reader';
    readonly media: 'text/plain';
    readonly answer: string;
  };
  /**
   * Questions of assistants, by the Model Context Protocol.
   * JSON-RPC 2.0 over Streamable HTTP without sessions; the tools only read (docs/reference/mcp.md).
   */
  readonly 'POST /mcp': {
    readonly role: 'reader';
    readonly headers: { readonly 'accept-language'?: string };
    readonly body: {
      readonly jsonrpc: '2.0';
      readonly id?: string | number;
      readonly method: string;
      readonly params?: Readonly<Record<string, unknown>>;
    };
    readonly answer: Readonly<Record<string, unknown>>;
  };
  /** This document. */
  readonly 'GET /openapi.json': { readonly answer: Readonly<Record<string, unknown>> };
  /** The topics, as an AsyncAPI 3.0 document; event types are named to those who may read. */
  readonly 'GET /asyncapi.json': { readonly answer: Readonly<Record<string, unknown>> };
} & PrometheusApi;
