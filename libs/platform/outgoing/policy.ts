import { lookup as resolve, type LookupAddress } from 'node:dns';
import { isIP, type BlockList, type LookupFunction } from 'node:net';
import { FoyerError, type InputFault } from '../errors/foyer-error.js';
import { canonicalAddress, contains, isLoopbackHost, networks, reachOf } from './addresses.js';

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

  /**
   * Why requests to a URL would always be refused, as far as it shows by itself: for settings, where it is better said when saving. What a name
   * resolves to is checked on every connection.
   */
  problemOf(url: URL): string | undefined {
    if (url.protocol !== 'https:' && url.protocol !== 'http:') return 'must be an https URL';
    const address = canonicalAddress(url.hostname) ?? (isLoopbackHost(url.hostname) ? '127.0.0.1' : undefined);
    const allowed =
      address === undefined
        ? url.protocol === 'https:' || this.hosts.has(plainHost(url.hostname))
        : this.allows(url.protocol, url.hostname, address);
    if (allowed) return undefined;
    return `${url.protocol === 'http:' ? 'must be an https URL' : 'must have a public address'}, unless FOYER_OUTGOING_ALLOW lists its host`;
  }

  /** The same of an address in settings, where there is one. @param path where it stands */
  faultsOf(url: string | undefined, path: string): InputFault[] {
    const problem = url === undefined ? undefined : this.problemOf(new URL(url));
    return problem === undefined ? [] : [{ path, code: 'outgoing.refused', message: problem }];
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
  new FoyerError('upstreamWrong', 'outgoing.refused', 'Foyer may not send requests to this address.', {
    cause: `${host} is private or plain http, and FOYER_OUTGOING_ALLOW does not list it`,
  });
