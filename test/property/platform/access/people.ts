import fc from 'fast-check';
import { ROLES } from '../../../../services/platform/access.ts';
import type { Role } from '../../../../services/platform/access.ts';
import { POLICY } from './policy.ts';

/** Who sends none. */
export const NO_TOKEN = -1;
export type Person = {
  readonly roles: readonly Role[];
  readonly sources: readonly string[] | null;
};
export const SOURCES = ['/erp', '/crm', '/shop'] as const;

export const people = fc.array(
  fc.record({
    roles: fc.subarray([...ROLES]),
    sources: fc.option(fc.subarray([...SOURCES])),
  }),
  { minLength: 1, maxLength: 4 },
);

export const requests = fc.array(
  fc.record({
    // Writing more often: there it depends on the sources too.
    route: fc.oneof(
      { weight: 4, arbitrary: fc.constantFrom(...Object.keys(POLICY)) },
      {
        weight: 1,
        arbitrary: fc.constantFrom('POST /v1/events', 'POST /v1/events?historical=true'),
      },
    ),
    /** Who asks; beyond the people it is nobody: without a token, or with one that nobody has. */
    who: fc.constantFrom(0, 1, 2, 3, 4, NO_TOKEN),
    sources: fc.array(fc.constantFrom(...SOURCES), { minLength: 1, maxLength: 4 }),
  }),
  { minLength: 10, maxLength: 40, size: 'max' },
);

export const tokenOf = (who: number): string => `token-${who}`;
