import type { ErrorCode, Refusal } from '../../kernel/errors.ts';
import { parseStrictJson } from '../../kernel/exact-json.ts';
import { err, ok } from '../../kernel/result.ts';
import type { Result } from '../../kernel/result.ts';
import { LIMITS } from './limits.ts';

/**
 * A CloudEvent as it came, whatever its mode: attributes that are well-formed texts within their limits. What is
 * required may still be missing: `decide` says so, since other refusals take precedence.
 */
export type IncomingEvent = {
  readonly id: string | undefined;
  readonly source: string | undefined;
  readonly type: string | undefined;
  readonly time: string | undefined;
  readonly subject: string | undefined;
  readonly partitionKey: string | undefined;
  /** Parsed JSON, numbers exact; undefined when the event has no data. */
  readonly data: unknown;
};

/** Attributes that mean something here. Others are extensions and pass unread. */
const ATTRIBUTES = [
  'specversion',
  'id',
  'source',
  'type',
  'time',
  'subject',
  'partitionkey',
  'datacontenttype',
] as const;
type Attribute = (typeof ATTRIBUTES)[number];
type Attributes = Readonly<Partial<Record<Attribute, string>>>;

const bytesMaxOf = (name: Attribute): number =>
  name === 'id'
    ? LIMITS.idBytesMax
    : name === 'source'
      ? LIMITS.sourceBytesMax
      : LIMITS.attributeBytesMax;

const refusal = (code: ErrorCode, detail: string, pointer: string): { ok: false; error: Refusal } =>
  err({ code, detail, pointer });

/**
 * Reads one event of structured or batch mode.
 * @param value parsed JSON, numbers exact
 * @see CloudEvents 1.0.2, JSON Event Format, sections 2 and 3: a null attribute is an absent one
 */
export function readStructured(value: unknown): Result<IncomingEvent, Refusal> {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return refusal('not_parseable', 'an event is a JSON object', '');
  const members = value as Readonly<Record<string, unknown>>;
  const attributes: Partial<Record<Attribute, string>> = {};
  for (const name of ATTRIBUTES) {
    const attribute = members[name] ?? undefined;
    if (attribute === undefined) continue;
    if (typeof attribute !== 'string')
      return refusal('not_parseable', `${name} must be a string`, `/${name}`);
    attributes[name] = attribute;
  }
  const checked = check(attributes);
  if (checked) return err(checked);
  const data = dataOf(members, attributes.datacontenttype);
  return data.ok ? ok(eventOf(attributes, data.value)) : data;
}

/**
 * Reads the event of a binary-mode request.
 * @param header value of a header by lower-case name   @param data the body as parsed JSON, undefined when it is empty
 * @see CloudEvents 1.0.2, HTTP Protocol Binding, section 3.1.3: header values are quoted or percent-encoded UTF-8
 */
export function readBinary(
  header: (name: string) => string | undefined,
  data: unknown,
): Result<IncomingEvent, Refusal> {
  const attributes: Partial<Record<Attribute, string>> = {};
  for (const name of ATTRIBUTES) {
    const raw = name === 'datacontenttype' ? header('content-type') : header(`ce-${name}`);
    if (raw === undefined) continue;
    const decoded = name === 'datacontenttype' ? raw : decodeHeader(raw);
    if (decoded === undefined)
      return refusal(
        'not_parseable',
        `the header ce-${name} is no percent-encoded UTF-8`,
        `/${name}`,
      );
    attributes[name] = decoded;
  }
  const checked = check(attributes);
  if (checked) return err(checked);
  return isJsonType(attributes.datacontenttype)
    ? ok(eventOf(attributes, data))
    : refusal(
        'unsupported_media_type',
        `data of type ${attributes.datacontenttype} cannot be read: send JSON`,
        '/datacontenttype',
      );
}

/** @returns undefined when the value is not what the binding allows: printable ASCII with UTF-8 percent-encoded */
function decodeHeader(raw: string): string | undefined {
  if (/[^\u0020-\u007E]/.test(raw)) return undefined;
  const isQuoted = raw.length >= 2 && raw.startsWith('"') && raw.endsWith('"');
  const text = isQuoted ? raw.slice(1, -1).replaceAll(/\\(.)/g, '$1') : raw;
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined; // A lone % or bytes that are no UTF-8: nothing else throws here.
  }
}

/** Whether a media type is JSON. An absent one is, by the JSON format's default. */
export const isJsonType = (mediaType: string | undefined): boolean =>
  mediaType === undefined ||
  /^\s*(?:[\w.!#$&^-]+\/(?:[\w.!#$&^-]+\+)?json)\s*(?:;|$)/i.test(mediaType);

const utf8 = new TextEncoder();
/** @see CloudEvents 1.0.2, section 3.1, Type System: String */
const CONTROL_CHARACTER = /\p{Cc}/u;

/** What keeps the attributes from being those of a CloudEvent, required ones apart. */
function check(attributes: Attributes): Refusal | undefined {
  if (attributes.specversion !== '1.0')
    return {
      code: 'not_parseable',
      detail: `specversion must be "1.0"${attributes.specversion === undefined ? ' and is missing' : ''}`,
      pointer: '/specversion',
    };
  for (const name of ATTRIBUTES) {
    const value = attributes[name];
    if (value === undefined) continue;
    const bytesMax = bytesMaxOf(name);
    // A UTF-16 unit takes up to three bytes: the usual short attribute is not encoded just to be measured.
    if (value.length * 3 > bytesMax && utf8.encode(value).length > bytesMax)
      return {
        code: 'too_large',
        detail: `${name} exceeds ${bytesMax} bytes`,
        pointer: `/${name}`,
      };
    // UTF-8 would replace a lone surrogate, so that two ids become one.
    if (!value.isWellFormed())
      return {
        code: 'not_parseable',
        detail: `${name} is no well-formed Unicode`,
        pointer: `/${name}`,
      };
    if (CONTROL_CHARACTER.test(value))
      return {
        code: 'not_parseable',
        detail: `${name} has a control character`,
        pointer: `/${name}`,
      };
  }
  return undefined;
}

function dataOf(
  members: Readonly<Record<string, unknown>>,
  contentType: string | undefined,
): Result<unknown, Refusal> {
  const { data, data_base64: base64 = null } = members;
  if (!isJsonType(contentType))
    return refusal(
      'unsupported_media_type',
      `data of type ${contentType} cannot be read: send JSON`,
      '/datacontenttype',
    );
  if (base64 === null) return ok(data);
  if (data !== undefined)
    return refusal('not_parseable', 'an event has data or data_base64, not both', '/data_base64');
  try {
    const bytes = Uint8Array.fromBase64(base64 as string);
    return ok(parseStrictJson(bytes, LIMITS.nestingMax));
  } catch (error) {
    return refusal(
      'not_parseable',
      `data_base64 holds no JSON: ${(error as Error).message}`,
      '/data_base64',
    );
  }
}

const given = (text: string | undefined): string | undefined => (text === '' ? undefined : text);

/** An empty attribute says nothing: it counts as absent. */
const eventOf = (attributes: Attributes, data: unknown): IncomingEvent => ({
  id: given(attributes.id),
  source: given(attributes.source),
  type: given(attributes.type),
  time: attributes.time,
  subject: given(attributes.subject),
  partitionKey: given(attributes.partitionkey),
  data,
});
