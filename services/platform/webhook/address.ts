import { BlockList, isIP } from 'node:net';
import { err, ok } from '../../kernel/result.ts';
import type { Result } from '../../kernel/result.ts';

/**
 * Ranges that lead into someone's inside: private, loopback, link-local (with the clouds' metadata), carrier-grade NAT,
 * documentation, benchmarking, multicast, reserved; and the forms of IPv6 that hold an IPv4 address which others unpack.
 * @see IANA special-purpose address registries (RFC 6890)
 */
const INSIDE: readonly string[] = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
  '::/96',
  '::ffff:0:0:0/96',
  '64:ff9b::/96',
  '64:ff9b:1::/48',
  '100::/64',
  '2001::/23',
  '2001:db8::/32',
  '2002::/16',
  '3fff::/20',
  '5f00::/16',
  'fc00::/7',
  'fe80::/10',
  'fec0::/10',
  'ff00::/8',
];

export type AddressGuard = {
  /** Whether a message may go to this address. IPv4 inside IPv6 is judged as the IPv4 that it is. */
  readonly allows: (address: string) => boolean;
  /** Whether it lies in a range that the operator named: he vouches for it. */
  readonly isNamed: (address: string) => boolean;
};

/**
 * @param allowed ranges in CIDR form, or single addresses, that may be reached although they lie inside
 * @returns Err naming the first range that is none
 */
export function addressGuard(allowed: readonly string[]): Result<AddressGuard, string> {
  const named = new BlockList();
  for (const range of allowed)
    if (!addRange(named, range)) return err(`"${range}" is no address range such as 10.0.0.0/8`);
  const inside = new BlockList();
  for (const range of INSIDE) addRange(inside, range);
  const isIn = (list: BlockList, address: string): boolean => {
    const plain = withoutMapping(address);
    const family = isIP(plain);
    return family !== 0 && list.check(plain, family === 4 ? 'ipv4' : 'ipv6');
  };
  return ok({
    allows: (address) => isIP(address) !== 0 && (isIn(named, address) || !isIn(inside, address)),
    isNamed: (address) => isIn(named, address),
  });
}

function addRange(list: BlockList, range: string): boolean {
  const [network = '', prefix, ...rest] = range.trim().split('/');
  const family = isIP(network);
  const bitsMax = family === 4 ? 32 : 128;
  const bits = prefix === undefined ? bitsMax : Number(prefix);
  const isRange =
    family !== 0 && rest.length === 0 && /^\d{1,3}$/.test(prefix ?? '0') && bits <= bitsMax;
  if (isRange) list.addSubnet(network, bits, family === 4 ? 'ipv4' : 'ipv6');
  return isRange;
}

/** `::ffff:127.0.0.1` and `::ffff:7f00:1` as 127.0.0.1. */
function withoutMapping(address: string): string {
  const bare = address.split('%')[0] ?? address;
  if (isIP(bare) !== 6) return bare;
  const canonical = new URL(`http://[${bare}]/`).hostname.slice(1, -1);
  const mapped = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/.exec(canonical);
  if (!mapped) return canonical;
  const high = Number.parseInt(mapped[1] as string, 16);
  const low = Number.parseInt(mapped[2] as string, 16);
  return [high >> 8, high & 255, low >> 8, low & 255].join('.');
}
