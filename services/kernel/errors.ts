/**
 * The one table of codes. Order is precedence: where several hold, the first is reported.
 * `isTransient`: whether the identical input can succeed later. Codes are log fields, problem types and telemetry labels.
 */
export const ERRORS = {
  not_parseable: {
    isTransient: false,
    meaning: 'The request body or the record is not in the stated format.',
    remedy: 'Send valid JSON or CloudEvents; see the pointer.',
  },
  too_large: {
    isTransient: false,
    meaning: 'The body, batch or event exceeds a limit that the answer names.',
    remedy: 'Split the batch or shorten the event.',
  },
  unsupported_media_type: {
    isTransient: false,
    meaning: 'The content type or encoding is not accepted here.',
    remedy:
      'Use application/cloudevents+json, application/cloudevents-batch+json or binary mode with ce-* headers.',
  },
  unauthenticated: {
    isTransient: false,
    meaning: 'No valid bearer token came with the request.',
    remedy: 'Send Authorization: Bearer with a token from TIDEMARK_TOKENS_FILE.',
  },
  forbidden: {
    isTransient: false,
    meaning:
      'The token lacks the role or the source that this needs; or a page of another site asked, or a name that is not the service’s.',
    remedy:
      'Ask an admin for the role that the answer names, or set TIDEMARK_PUBLIC_URL to the address at which people open the console.',
  },
  id_missing: {
    isTransient: false,
    meaning: 'The event has no id or no source.',
    remedy: 'Give every event an id that is unique within its source.',
  },
  type_unknown: {
    isTransient: false,
    meaning: 'No published event type has this name.',
    remedy: 'Publish the event type with catalog apply, or correct the name.',
  },
  schema_unknown: {
    isTransient: false,
    meaning: 'No registered schema has this id, or the event type has none.',
    remedy: 'Register the schema with catalog apply.',
  },
  schema_invalid: {
    isTransient: false,
    meaning: 'The data does not match the Avro schema of its event type.',
    remedy: 'Correct the field that the pointer names.',
  },
  event_time_missing: {
    isTransient: false,
    meaning: 'The event has no time and its type takes none from the broker.',
    remedy: 'Send the CloudEvents time attribute.',
  },
  event_time_invalid: {
    isTransient: false,
    meaning: 'The time is no RFC 3339 date-time.',
    remedy: 'Send a time such as 2026-01-31T08:00:00Z.',
  },
  event_time_in_future: {
    isTransient: false,
    meaning: 'The event time lies too far ahead of the time of arrival.',
    remedy: 'Correct the clock of the source.',
  },
  batch_refused: {
    isTransient: false,
    meaning: 'Another event of an all-or-nothing batch was refused, so this one was not written.',
    remedy: 'Correct the refused event, or send without Prefer: handling=strict.',
  },
  conflict: {
    isTransient: false,
    meaning: 'The same source and id came before with another payload.',
    remedy: 'Give a corrected event a new id; the first one stands.',
  },
  past_allowed_lateness: {
    isTransient: false,
    meaning: 'The window of the event was final when the event arrived.',
    remedy: 'Send it again as a historical event under a new id.',
  },
  own_draft: {
    isTransient: false,
    meaning: 'Nobody approves a draft that they wrote on.',
    remedy: 'Ask somebody else who has the role approver.',
  },
  draft_stale: {
    isTransient: false,
    meaning: 'Somebody changed the document, or decided on it, after it was looked at.',
    remedy: 'Look at it again, then repeat what is still wanted.',
  },
  method_not_allowed: {
    isTransient: false,
    meaning: 'The path is known, but not with this method.',
    remedy: 'Use a method that Allow names.',
  },
  not_found: {
    isTransient: false,
    meaning: 'Nothing has this name or id.',
    remedy: 'Check the spelling; lists show what exists.',
  },
  episode_ended: {
    isTransient: false,
    meaning: 'The alert does not burn, or another incident of it does.',
    remedy: 'Nothing is to be done; the alert shows what it is now.',
  },
  already_resent: {
    isTransient: false,
    meaning: 'The dead letter was sent again before.',
    remedy: 'Look at what became of it there; sending it once more needs to be said.',
  },
  link_invalid: {
    isTransient: false,
    meaning: 'A link of a message was not signed here, is too old, or was used.',
    remedy: 'Acknowledge in the console.',
  },
  invalid_parameter: {
    isTransient: false,
    meaning: 'A query parameter or field of the request is not valid.',
    remedy: 'Correct the parameter that the answer names.',
  },
  grain_unavailable: {
    isTransient: false,
    meaning: 'The metric keeps no cells that tile the requested windows.',
    remedy: 'Ask for a grain that the metric declares, or a multiple of it.',
  },
  breakdown_unavailable: {
    isTransient: false,
    meaning: 'The metric is not kept by these dimensions.',
    remedy: 'Ask for one of the breakdowns that the metric declares.',
  },
  span_too_long: {
    isTransient: false,
    meaning: 'More cells would be compared, or more records read, than one request may.',
    remedy: 'Ask for less time, or for newer time: the answer names the limit.',
  },
  log_truncated: {
    isTransient: false,
    meaning: 'The log no longer holds what the answer would be computed from.',
    remedy:
      'Ask for newer time, and give the topic a longer retention; events.* keep all by default.',
  },
  rebuilding: {
    isTransient: true,
    meaning: 'The value is being recomputed from the log.',
    remedy: 'Try again; /v1/pipeline shows the progress.',
  },
  overloaded: {
    isTransient: true,
    meaning: 'More bytes are in flight than the service holds.',
    remedy: 'Wait for Retry-After, then send the same events again.',
  },
  broker_unavailable: {
    isTransient: true,
    meaning: 'Kafka did not acknowledge in time; nothing is promised for these events.',
    remedy: 'Send the same events again; duplicates are removed by source and id.',
  },
  registry_unavailable: {
    isTransient: true,
    meaning: 'The schema registry did not answer.',
    remedy: 'It is tried again; check SCHEMA_REGISTRY_URL.',
  },
  unreachable: {
    isTransient: true,
    meaning: 'No installation of Tidemark answers at the address.',
    remedy: 'Start it with npm start, or set TIDEMARK_HOST and TIDEMARK_PORT to where it runs.',
  },
  redis_unavailable: {
    isTransient: true,
    meaning: 'Redis did not answer in time; the outcome is unknown.',
    remedy: 'It is tried again from the stored cursor; check REDIS_URL.',
  },
  config_invalid: {
    isTransient: false,
    meaning: 'The configuration has faults; all are listed.',
    remedy: 'Correct the environment variables that are named.',
  },
  catalog_invalid: {
    isTransient: false,
    meaning: 'Definitions have faults; all are listed with their positions.',
    remedy: 'Correct them: catalog check and the editor of the console show where they stand.',
  },
  catalog_conflict: {
    isTransient: false,
    meaning: 'The console published a newer version of a document than the files hold.',
    remedy: 'Take it over with catalog export, or replace it with catalog apply --force.',
  },
  change_breaks: {
    isTransient: false,
    meaning: 'The change would break what others rely on; each is named.',
    remedy:
      'Change those first, or publish all the same: catalog apply --force, catalog approve --accepts-breaks, or the box in the console.',
  },
  topic_mismatch: {
    isTransient: false,
    meaning: 'A topic is missing or differs from what is needed; the difference is named.',
    remedy: 'Create or alter the topic as the message says.',
  },
  state_newer: {
    isTransient: false,
    meaning:
      'What Redis holds was written by a later version of Tidemark, in a form that this one does not know.',
    remedy:
      'Run the later version, or empty what it keeps with metrics rebuild from there before going back.',
  },
  redis_evicts: {
    isTransient: false,
    meaning: 'Redis may evict keys, so values would vanish silently.',
    remedy: 'Set maxmemory-policy noeviction.',
  },
  log_unreadable: {
    isTransient: false,
    meaning:
      'A batch of records in the log is damaged, or in a form that is not read here. Nothing after it is read.',
    remedy:
      'See the offset that is named: restore the partition from a replica, or let producers compress by gzip, zstd or not at all.',
  },
  accumulator_overflow: {
    isTransient: false,
    meaning: 'A sum would leave the range of 64-bit integers.',
    remedy: 'Give the metric a smaller scale.',
  },
  port_in_use: {
    isTransient: false,
    meaning: 'Another process listens on the port.',
    remedy: 'Stop it, or choose another with --port.',
  },
  already_running: {
    isTransient: false,
    meaning: 'Another instance uses the same data folder.',
    remedy: 'Stop it, or choose another with --data.',
  },
  prerequisite_missing: {
    isTransient: false,
    meaning: 'A program that the embedded servers need is missing.',
    remedy: 'Install it as the message says.',
  },
  invariant_broken: {
    isTransient: false,
    meaning: 'A bug: something that must hold does not.',
    remedy: 'Report it with the log; the process restarts from its cursors.',
  },
} as const satisfies Record<string, { isTransient: boolean; meaning: string; remedy: string }>;

export type ErrorCode = keyof typeof ERRORS;

/** An error with a code of the table; `detail` says what, where and what to do, without secrets. */
export class TidemarkError extends Error {
  readonly code: ErrorCode;
  constructor(code: ErrorCode, detail: string, options?: { cause?: unknown }) {
    super(detail, options);
    this.name = 'TidemarkError';
    this.code = code;
  }
}

/** A refusal as a value: what is wrong with an input, and where (a JSON pointer, RFC 6901). */
export type Refusal = {
  readonly code: ErrorCode;
  readonly detail: string;
  readonly pointer?: string;
};
