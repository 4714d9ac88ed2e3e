import type { Refusal } from './errors.ts';
import { err, ok } from './result.ts';
import type { Result } from './result.ts';

/**
 * What a request says, by the names that its route reads. A name that nobody reads is refused and the others are told: passed over, a
 * misspelt `preview` would do in earnest what was only to be shown.
 */
type Named<Name extends string, Value> = Readonly<Partial<Record<Name, Value>>>;

/** The members of a JSON body; of no body none. */
export function readBody<Name extends string>(
  body: unknown,
  names: readonly Name[],
): Result<Named<Name, unknown>, Refusal> {
  const given = body ?? {};
  if (typeof given !== 'object' || Array.isArray(given))
    return refuse('the body must be a JSON object', '');
  const strange = strangeIn(given, names);
  return strange === undefined
    ? ok(given as Named<Name, unknown>)
    : refuse(`no field is called ${strange}; ${allOf(names)}`, pointerTo(strange));
}

/** The parameters of a query string, each given once at most. */
export function readQuery<Name extends string>(
  query: unknown,
  names: readonly Name[],
): Result<Named<Name, string>, Refusal> {
  const given = (query ?? {}) as Readonly<Record<string, unknown>>;
  const strange = strangeIn(given, names);
  if (strange !== undefined)
    return refuse(`no parameter is called ${strange}; ${allOf(names)}`, pointerTo(strange));
  const repeated = names.find((name) => Array.isArray(given[name]));
  return repeated === undefined
    ? ok(given as Named<Name, string>)
    : refuse(`${repeated} is given more than once`, pointerTo(repeated));
}

const strangeIn = (given: object, names: readonly string[]): string | undefined =>
  Object.keys(given).find((name) => !names.includes(name));

const allOf = (names: readonly string[]): string =>
  names.length === 0 ? 'there is none' : `there are ${names.join(', ')}`;

/** @see RFC 6901 */
const pointerTo = (name: string): string => `/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;

const refuse = (detail: string, pointer: string): Result<never, Refusal> =>
  err({ code: 'invalid_parameter', detail, pointer });
