import type { IncomingMessage } from 'node:http';
import type { BlockList, Socket } from 'node:net';
import { canonicalAddress, contains, networks } from '../outgoing/addresses.js';

/** Who is at the other end, seen through the proxies that `FOYER_TRUSTED_PROXIES` names and through no other. */
export class ClientAddresses {
  private readonly trusted: BlockList;
  private readonly trustsNobody: boolean;
  /** A connection brings many requests, and reading an IPv4 address out of an IPv6 one is not cheap. */
  private readonly peers = new WeakMap<Socket, string>();

  constructor(trustedProxies: readonly string[]) {
    this.trusted = networks(trustedProxies);
    this.trustsNobody = trustedProxies.length === 0;
  }

  /** The address of the client: of `X-Forwarded-For`, read from the right, the first that no trusted proxy has. Empty when the socket is gone. */
  of(request: Pick<IncomingMessage, 'socket' | 'headers'>): string {
    let address = this.peer(request.socket);
    if (this.trustsNobody || !contains(this.trusted, address)) return address;
    const forwarded = [request.headers['x-forwarded-for'] ?? []].flat().join(',').split(',').reverse();
    for (const entry of forwarded) {
      const next = canonicalAddress(entry.trim());
      // What a trusted proxy did not write as an address says nothing about anybody beyond it.
      if (next === undefined) return address;
      address = next;
      if (!contains(this.trusted, address)) return address;
    }
    return address;
  }

  private peer(socket: Socket): string {
    const known = this.peers.get(socket);
    if (known !== undefined) return known;
    const { remoteAddress } = socket;
    if (remoteAddress === undefined) return '';
    const address = canonicalAddress(remoteAddress) ?? remoteAddress;
    this.peers.set(socket, address);
    return address;
  }
}
