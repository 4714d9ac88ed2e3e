import { isThere, whatIsMissed } from '../../infra/bootstrap/optional.mjs';
import type { OptionalName } from '../../infra/bootstrap/optional.mjs';

/**
 * Whether a suite must be skipped because a program that tests can do without is missing here.
 * @example describe.skipIf(lacks('promtool'))('…', …)
 * @throws Error when `npm test -- --require=` names it: then missing is failing
 */
export function lacks(name: OptionalName): boolean {
  if (isThere(name)) return false;
  const required = process.env['TEST_REQUIRE']?.split(',') ?? [];
  if (required.includes(name)) throw new Error(`required, but ${whatIsMissed(name)}`);
  return true;
}
