import { MINUTE_MS, SECOND_MS } from '../../../kernel/time.ts';
import type { DurationMs } from '../../../kernel/time.ts';
import type { Verdict } from './delivery.ts';

/** An answer of a chat service. `retryAfterMs` is what its header asked for. */
export type ChatAnswer = {
  readonly status: number;
  readonly body: string;
  readonly retryAfterMs?: DurationMs;
};

/** Characters of an answer that are kept for people. */
const SAID_MAX = 200;

/**
 * What the status alone says. @returns undefined for 2xx: with chat services the body decides, since errors come with 200
 * too
 */
export function statusVerdict({ status, body, retryAfterMs }: ChatAnswer): Verdict | undefined {
  if (status >= 200 && status < 300) return undefined;
  const detail = `${status} ${body.trim().slice(0, SAID_MAX)}`.trim();
  if (status !== 408 && status !== 429 && status < 500) return { kind: 'refused', detail };
  if (retryAfterMs !== undefined) return { kind: 'retryable', detail, retryAfterMs };
  return status === 429
    ? { kind: 'retryable', detail, retryAfterMs: MINUTE_MS }
    : { kind: 'retryable', detail };
}

type Codes = {
  /** Too fast, and how long to be silent at least: the header may ask for more. */
  readonly waits: Readonly<Record<number, DurationMs>>;
  /** On their side: the usual schedule. */
  readonly retries: readonly number[];
};

/** The verdict of an answer whose body is `{ CODE, TEXT }`, 0 for delivered. A body that is none of theirs is tried again. */
function codeVerdict(
  answer: ChatAnswer,
  names: { readonly code: readonly string[]; readonly text: readonly string[] },
  codes: Codes,
): Verdict {
  const byStatus = statusVerdict(answer);
  const members = objectOf(answer.body);
  const code = names.code.map((name) => members?.[name]).find((one) => typeof one === 'number');
  if (code === undefined)
    return (
      byStatus ?? {
        kind: 'retryable',
        detail: `no answer of this service: ${answer.body.trim().slice(0, SAID_MAX)}`,
      }
    );
  if (code === 0 && !byStatus) return { kind: 'delivered', detail: '0' };
  const said = names.text
    .map((name) => members?.[name])
    .find((one): one is string => typeof one === 'string');
  const detail = `${code} ${(said ?? '').slice(0, SAID_MAX)}`.trim();
  const ownMs = codes.waits[code];
  if (ownMs !== undefined || codes.retries.includes(code)) {
    const waitMs = Math.max(ownMs ?? 0, answer.retryAfterMs ?? 0);
    return { kind: 'retryable', detail, ...(waitMs === 0 ? {} : { retryAfterMs: waitMs }) };
  }
  return byStatus?.kind === 'retryable' ? { ...byStatus, detail } : { kind: 'refused', detail };
}

function objectOf(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const parsed: unknown = JSON.parse(text);
    return typeof parsed === 'object' && parsed !== null
      ? (parsed as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}

/**
 * 9499 (bad or too many), 11232 (congestion, at whole and half hours) and 99991400 (rate) are tried again; 19021 (sign),
 * 19022 (address), 19024 (keyword) are refusals. Older answers have StatusCode in place of code.
 */
export const feishuVerdict = (answer: ChatAnswer): Verdict =>
  codeVerdict(
    answer,
    { code: ['code', 'StatusCode'], text: ['msg', 'StatusMessage'] },
    {
      waits: { 9499: 10 * SECOND_MS, 11232: 30 * SECOND_MS, 99991400: MINUTE_MS },
      retries: [],
    },
  );

/** 130101 (too fast) blocks the bot for ten minutes; 310000 (sign, keyword or address) and 460101 (too long) are refusals. */
export const dingtalkVerdict = (answer: ChatAnswer): Verdict =>
  codeVerdict(
    answer,
    { code: ['errcode'], text: ['errmsg'] },
    { waits: { 130101: 10 * MINUTE_MS }, retries: [-1] },
  );

/** 45009 (frequency) waits a minute; −1 (busy) is tried again; 93000 (key) and others are refusals. */
export const wecomVerdict = (answer: ChatAnswer): Verdict =>
  codeVerdict(
    answer,
    { code: ['errcode'], text: ['errmsg'] },
    { waits: { 45009: MINUTE_MS }, retries: [-1] },
  );

/** Slack's incoming webhooks say `ok`, or one word for what is wrong. */
export function slackWebhookVerdict(answer: ChatAnswer): Verdict {
  const byStatus = statusVerdict(answer);
  if (byStatus) return byStatus;
  const said = answer.body.trim();
  return said === 'ok'
    ? { kind: 'delivered', detail: 'ok' }
    : { kind: 'refused', detail: said.slice(0, SAID_MAX) };
}

const SLACK_RETRIES = new Set([
  'fatal_error',
  'internal_error',
  'ratelimited',
  'rate_limited',
  'request_timeout',
  'service_unavailable',
  'team_added_to_org',
]);
export type SlackAnswer = {
  readonly verdict: Verdict;
  readonly error?: string;
  /** Where the message stands. */
  readonly place?: { readonly channel: string; readonly ts: string };
};

/** Slack's Web API answers 200 with `ok: false` and one word. */
export function slackApiAnswer(answer: ChatAnswer): SlackAnswer {
  const byStatus = statusVerdict(answer);
  if (byStatus) return { verdict: byStatus };
  const members = objectOf(answer.body);
  if (!members || typeof members['ok'] !== 'boolean')
    return { verdict: { kind: 'retryable', detail: 'no answer of this service' } };
  const { ok, error, channel, ts } = members;
  if (ok === true) {
    const verdict: Verdict = { kind: 'delivered', detail: 'ok' };
    return typeof channel === 'string' && typeof ts === 'string'
      ? { verdict, place: { channel, ts } }
      : { verdict };
  }
  const word = String(error).slice(0, SAID_MAX);
  const { retryAfterMs } = answer;
  if (!SLACK_RETRIES.has(word)) return { verdict: { kind: 'refused', detail: word }, error: word };
  const wait = retryAfterMs ?? (word.startsWith('rate') ? MINUTE_MS : undefined);
  const verdict: Verdict = {
    kind: 'retryable',
    detail: word,
    ...(wait === undefined ? {} : { retryAfterMs: wait }),
  };
  return { verdict, error: word };
}
