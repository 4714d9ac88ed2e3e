import { lookup as resolve } from 'node:dns';
import type { LookupAddress, LookupOptions } from 'node:dns';
import type { LookupFunction } from 'node:net';

/** A connection was not made, or not used, because of the address that it led to. The message says why. */
export class RefusedAddress extends Error {}

/** Resolves names; tests pass their own. */
export type Resolve = typeof resolve;

/**
 * A resolver for `net.connect` that hands on only addresses without a fault, so that what was judged is what is connected
 * to. It fails with RefusedAddress when none is left.
 * @param faultOf why an address may not be reached; undefined when it may
 */
export function guardedLookup(
  faultOf: (address: string) => string | undefined,
  resolveName: Resolve = resolve,
): LookupFunction {
  return (hostname, options: LookupOptions, callback) => {
    resolveName(hostname, { ...options, all: true }, (error, addresses: LookupAddress[]) => {
      if (error) return callback(error, '', 0);
      const allowed = addresses.filter(({ address }) => faultOf(address) === undefined);
      const [first] = allowed;
      if (!first) {
        const fault = faultOf(addresses[0]?.address ?? '') ?? 'the name has no address';
        return callback(new RefusedAddress(fault), '', 0);
      }
      if (options.all) return callback(null, allowed);
      return callback(null, first.address, first.family);
    });
  };
}
