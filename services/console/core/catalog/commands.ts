import type { Refusal } from '../../../kernel/errors.ts';
import { err, ok } from '../../../kernel/result.ts';
import type { Result } from '../../../kernel/result.ts';

/** Of one document. The record that holds it, as text and as JSON, has to fit the topic. */
export const TEXT_CHARACTERS_MAX = 1 << 18;
const NOTE_CHARACTERS_MAX = 2_000;

/** What a request may say besides whom it is about. */
export type Said = {
  readonly text?: string;
  readonly note?: string;
  readonly reason?: string;
  readonly base?: string;
  readonly revision?: number;
  readonly acceptsBreaks?: boolean;
};
type Name = keyof Said;

const TYPES: Readonly<Record<Name, 'string' | 'number' | 'boolean'>> = {
  text: 'string',
  note: 'string',
  reason: 'string',
  base: 'string',
  revision: 'number',
  acceptsBreaks: 'boolean',
};

/**
 * Reads the body of a request; an absent one is empty.
 * @param may the members that it may have   @param must those of them that it has to have
 */
export function readSaid(
  body: unknown,
  may: readonly Name[],
  must: readonly Name[] = [],
): Result<Said, Refusal> {
  if (body !== undefined && body !== null && (typeof body !== 'object' || Array.isArray(body)))
    return refuse('the body is a JSON object');
  const said = Object.entries((body ?? {}) as Record<string, unknown>).filter(
    ([, value]) => value !== null && value !== undefined,
  );
  for (const [name, value] of said) {
    if (!may.includes(name as Name))
      return refuse(`there is no ${name} here; there are ${may.join(', ') || 'no members'}`);
    const type = TYPES[name as Name];
    if (typeof value !== type) return refuse(`${name} is a ${type}`, name);
    const max = name === 'text' ? TEXT_CHARACTERS_MAX : NOTE_CHARACTERS_MAX;
    if (typeof value === 'string' && value.length > max)
      return err({ code: 'too_large', detail: `${name} has more than ${max} characters` });
  }
  const read = Object.fromEntries(said) as Said;
  const missing = must.find((name) => read[name] === undefined || read[name] === '');
  return missing === undefined ? ok(read) : refuse(`${missing} is missing`, missing);
}

const refuse = (detail: string, name?: string): Result<never, Refusal> =>
  err({
    code: 'invalid_parameter',
    detail,
    ...(name === undefined ? {} : { pointer: `/${name}` }),
  });
