import { z } from 'zod';
import { parseDecimal } from '../decimal.ts';
import type { Unit } from '../definitions.ts';
import { nearest } from '../text.ts';
import { parseDuration } from '../time.ts';

/** Building blocks of catalogue documents: each is the check, the type and the JSON Schema of one form of field. */

/** An object without other fields than these. The names of the known ones travel in the issue's message. */
export const fields = <T extends z.ZodRawShape>(shape: T) =>
  z.strictObject(shape, {
    error: (issue) =>
      issue.code === 'unrecognized_keys' ? Object.keys(shape).join(' ') : undefined,
  });

/** A document of one kind. */
export const document = <K extends string, M extends z.ZodType, S extends z.ZodType>(
  kind: K,
  parts: { metadata: M; spec: S },
) => fields({ apiVersion: z.literal('tidemark/v1'), kind: z.literal(kind), ...parts });

/** One of some words; `notYet` are those that the contract has and this version has not. */
export const choice = <const T extends readonly [string, ...string[]]>(
  values: T,
  notYet: readonly string[] = [],
) =>
  z.enum(values, {
    error: ({ input }) => {
      if (typeof input === 'string' && notYet.includes(input))
        return `${NOT_YET}${input} is not supported yet; there is ${values.join(', ')}`;
      const close = typeof input === 'string' ? nearest(input, values) : undefined;
      return close === undefined
        ? `must be one of ${values.join(', ')}`
        : `must be one of ${values.join(', ')}; did you mean ${close}?`;
    },
  });
/** Marks messages of what is not supported yet, so that they get that code. */
export const NOT_YET = '\u0000';

export const duration = z
  .string()
  .meta({ format: 'duration', examples: ['PT30S', 'PT24H', 'P7D'] })
  .transform((text, context) => {
    const ms = parseDuration(text);
    if (ms !== undefined) return ms;
    context.addIssue(`must be an ISO 8601 duration such as PT30S, PT24H or P7D, not "${text}"`);
    return z.NEVER;
  });
/** @param maxMs inclusive */
export const durationUpTo = (maxMs: number, shown: string) =>
  duration.refine((ms) => ms <= maxMs, `must be at most ${shown}`);

const pattern = (expression: RegExp, message: string) => z.string().regex(expression, message);

/** Ids of metrics never hold `_`, so that formulas and Prometheus names can write it for `-`. */
export const id = pattern(
  /^[a-z0-9][a-z0-9-]{0,99}$/,
  'must be of small letters, digits and -, at most 100 of them',
);
export const metricId = pattern(
  /^[a-z][a-z0-9-]{0,99}$/,
  'must begin with a small letter and be of small letters, digits and - (never _), at most 100 of them',
);
/** A part of a Kafka topic's name, which has at most 249 characters. */
export const eventTypeId = pattern(
  /^[A-Za-z0-9][A-Za-z0-9._-]{0,199}$/,
  'must be of letters, digits, . _ and -, at most 200 of them',
);
const RESERVED_LABELS = new Set([
  'metric',
  'window',
  'grain',
  'version',
  'unit',
  'job',
  'instance',
]);
export const dimensionName = pattern(
  /^[A-Za-z][A-Za-z0-9_]{0,63}$/,
  'must begin with a letter and be of letters, digits and _',
).refine((name) => !RESERVED_LABELS.has(name), 'is a name that metrics give their own labels');

export const ownerRef = z.templateLiteral([z.enum(['person', 'team']), ':', id], {
  error: 'must be person:ID or team:ID',
});
export const personRef = z.templateLiteral(['person:', id], { error: 'must be person:ID' });
export const teamRef = z.templateLiteral(['team:', id], { error: 'must be team:ID' });

/** English, and other languages where there are any; a plain text is the English one. */
export const localizedText = z
  .union([z.string().min(1), fields({ en: z.string().min(1), zh: z.string().min(1).optional() })], {
    error: 'must be a text, or { en, zh }',
  })
  .transform((text) => (typeof text === 'string' ? { en: text } : text));

export const timezone = z
  .string()
  .meta({ examples: ['Asia/Shanghai', 'Europe/London', 'UTC'] })
  .refine(isTimezone, { error: ({ input }) => `"${String(input)}" is no IANA time zone` });

function isTimezone(name: string): boolean {
  try {
    Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(name);
    return true;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

export const localDate = z
  .string()
  .meta({ format: 'date' })
  .refine(isDate, { error: 'must be a date such as 2026-01-31' });

function isDate(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  try {
    Temporal.PlainDate.from(text);
    return true;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

/** An exact number, as text or as YAML writes it. */
export const decimal = z
  .union([z.string(), z.number()], { error: 'must be a number' })
  .transform((given, context) => {
    const text = String(given);
    if (parseDecimal(text)) return text;
    context.addIssue(`must be a decimal number, not ${text}`);
    return z.NEVER;
  });

/** CEL. Checked against its variables when the catalogue is built. */
export const expression = z.string().min(1).max(2_000);
export const unit = fields({
  code: z.string().min(1).max(32),
  name: localizedText
    .optional()
    .describe('What readers see in place of the code, of a unit that is no currency and no ratio.'),
  scale: z.int().min(0).max(18).default(0),
});
export const httpUrl = z
  .url({ protocol: /^https?$/, error: 'must be an http or https URL' })
  .max(2_000);

/** As definitions have it: without a member that is undefined. */
export const textOf = (text: { en: string; zh?: string | undefined }) =>
  text.zh === undefined ? { en: text.en } : { en: text.en, zh: text.zh };

/** As definitions have it. */
export const unitOf = ({ code, scale, name }: z.output<typeof unit>): Unit => ({
  code,
  scale,
  ...(name === undefined ? {} : { name: textOf(name) }),
});
