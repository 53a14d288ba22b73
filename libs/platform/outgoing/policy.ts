import { lookup as resolve, type LookupAddress } from 'node:dns';
import { isIP, type BlockList, type LookupFunction } from 'node:net';
import { FoyerError } from '../errors/foyer-error.js';
import { canonicalAddress, contains, networks, reachOf } from './addresses.js';

type Scheme = 'http:' | 'https:';

/** Decides what outgoing requests may reach, by the address that the socket is about to connect to. */
export class OutgoingPolicy {
  private readonly hosts: ReadonlySet<string>;
  private readonly listed: BlockList;

  /** @param allow `FOYER_OUTGOING_ALLOW`: host names and networks */
  constructor(allow: readonly string[]) {
    const isNetwork = (entry: string): boolean => isIP(entry.split('/')[0] ?? '') !== 0;
    this.hosts = new Set(allow.filter((entry) => !isNetwork(entry)).map(plainHost));
    this.listed = networks(allow.filter(isNetwork));
  }

  /** Whether a request to `host` may connect to `address`: private addresses and plain http only when the host or the address is listed. */
  allows(scheme: Scheme, host: string, address: string): boolean {
    const reach = reachOf(address);
    if (reach === 'never') return false;
    if (reach === 'public' && scheme === 'https:') return true;
    return this.hosts.has(plainHost(host)) || contains(this.listed, address);
  }

  /** @throws FoyerError `outgoing.refused` when the host is an IP address that may not be reached: no lookup will see that one */
  checkLiteral(scheme: Scheme, host: string): void {
    const address = canonicalAddress(host);
    if (address !== undefined && !this.allows(scheme, host, address)) throw refused(host);
  }

  /** A DNS lookup that gives the socket only addresses that may be reached: what is checked is what is connected to, whatever DNS says next time. */
  lookup(scheme: Scheme): LookupFunction {
    return (host, options, callback) => {
      resolve(host, { ...options, all: true }, (error, found) => {
        if (error) return callback(error, '');
        const allowed = found.filter(({ address }) => this.allows(scheme, host, address));
        const [first] = allowed;
        if (!first) return callback(refused(host), '');
        if (options.all) return callback(null, allowed satisfies LookupAddress[]);
        return callback(null, first.address, first.family);
      });
    };
  }
}

const plainHost = (host: string): string => host.toLowerCase().replace(/\.$/, '');

export const refused = (host: string): FoyerError =>
  new FoyerError(
    'internal',
    'outgoing.refused',
    `Requests to ${host} are refused: it is private or plain http, and FOYER_OUTGOING_ALLOW does not list it.`,
  );
