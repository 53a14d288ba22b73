import { BlockList, isIP } from 'node:net';

/** How an address may be reached: `public` by everybody, `private` when it is listed, `never` not even then. */
export type Reach = 'public' | 'private' | 'never';

/** Link-local (most clouds' metadata service), the other metadata addresses, multicast, reserved, "this host": no service that is meant. */
const never = networks([
  ...['169.254.0.0/16', '168.63.129.16/32', '100.100.100.200/32', '192.0.0.192/32', '224.0.0.0/4', '240.0.0.0/4', '0.0.0.0/8'],
  ...['fe80::/10', 'fec0::/10', 'fd00:ec2::/32', 'fd20:ce::/32', 'ff00::/8', '::/128'],
]);

/** Loopback, private, shared (CGNAT), benchmarking, documentation, protocol assignments: IANA's special-purpose registries (RFC 6890). */
const notGlobal = networks([
  ...['127.0.0.0/8', '10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10', '192.0.0.0/24', '192.0.2.0/24', '192.88.99.0/24'],
  ...['198.18.0.0/15', '198.51.100.0/24', '203.0.113.0/24'],
  ...['::1/128', 'fc00::/7', '64:ff9b:1::/48', '100::/64', '2001::/23', '2001:db8::/32', '3fff::/20', '5f00::/16'],
]);

/** IPv4 addresses in IPv6 clothes: the prefix, and the group where the IPv4 address begins. */
const embeddings: readonly { readonly prefix: readonly number[]; readonly at: number }[] = [
  { prefix: [0, 0, 0, 0, 0, 0xffff], at: 6 }, // IPv4-mapped (RFC 4291 §2.5.5.2)
  { prefix: [0, 0, 0, 0, 0, 0], at: 6 }, // IPv4-compatible (RFC 4291 §2.5.5.1)
  { prefix: [0, 0, 0, 0, 0xffff, 0], at: 6 }, // IPv4-translated (RFC 2765 §2.1)
  { prefix: [0x64, 0xff9b, 0, 0, 0, 0], at: 6 }, // NAT64 (RFC 6052 §2.1)
  { prefix: [0x2002], at: 1 }, // 6to4 (RFC 3056 §2)
];

/** @param address an IP address, as a resolver or a URL gives it */
export function reachOf(address: string): Reach {
  const plain = canonicalAddress(address);
  if (plain === undefined || contains(never, plain)) return 'never';
  return contains(notGlobal, plain) ? 'private' : 'public';
}

/** Networks to ask {@link contains} about. @param entries CIDRs or single addresses, valid */
export function networks(entries: readonly string[]): BlockList {
  const found = new BlockList();
  for (const entry of entries) {
    const [address = '', bits] = entry.split('/');
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
    if (bits === undefined) found.addAddress(address, family);
    else found.addSubnet(address, Number(bits), family);
  }
  return found;
}

/** @param address an IP address in any form */
export function contains(list: BlockList, address: string): boolean {
  const plain = canonicalAddress(address);
  return plain !== undefined && list.check(plain, isIP(plain) === 6 ? 'ipv6' : 'ipv4');
}

/** One form for each address: an IPv4 address that is embedded in an IPv6 one as itself, brackets and zone removed. Undefined for anything else. */
export function canonicalAddress(address: string): string | undefined {
  const bare = address.replace(/^\[|\]$/g, '').replace(/%.*$/, '');
  if (isIP(bare) === 4) return bare;
  if (isIP(bare) !== 6) return undefined;
  const groups = groupsOf(bare);
  // `::` and `::1` are addresses of their own, not IPv4-compatible ones.
  if (groups.slice(0, 7).every((group) => group === 0)) return groups[7] === 0 ? '::' : `::${groups[7]?.toString(16)}`;
  const found = embeddings.find(({ prefix }) => prefix.every((group, index) => groups[index] === group));
  if (!found) return bare;
  return groups
    .slice(found.at, found.at + 2)
    .flatMap((group) => [group >> 8, group & 0xff])
    .join('.');
}

/** The eight 16-bit groups of an IPv6 address. The URL parser writes each form of it alike, an IPv4 tail as hexadecimal groups. */
function groupsOf(address: string): number[] {
  const [head = '', tail] = new URL(`http://[${address}]`).hostname.slice(1, -1).split('::');
  const parsed = (part: string): number[] => (part === '' ? [] : part.split(':').map((group) => Number.parseInt(group, 16)));
  const left = parsed(head);
  if (tail === undefined) return left;
  const right = parsed(tail);
  return [...left, ...new Array<number>(8 - left.length - right.length).fill(0), ...right];
}

/** Whether the host of a URL can only be this machine. */
export function isLoopbackHost(host: string): boolean {
  const address = canonicalAddress(host);
  if (address !== undefined) return address === '::1' || address.startsWith('127.');
  return /^(.+\.)?localhost\.?$/i.test(host);
}
