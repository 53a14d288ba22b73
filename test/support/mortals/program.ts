/**
 * A process that does to accounts what it is told, and kills itself in the middle of it when it is told so: nothing of it gets to tidy up, as with
 * `kill -9`. It loads before it is asked, so that whoever asks does not wait for that.
 */
import { Fuse } from '../fuse.js';
import { login, ProvisioningSite } from '../provisioning-site.js';
import type { Answer, Order } from './orders.js';

const fuse = new Fuse(() => process.kill(process.pid, 'SIGKILL'));
let site: ProvisioningSite | undefined;

async function obey({ databases, purposes = [], login: who, work: by, revoke, death }: Order): Promise<Answer> {
  site ??= await ProvisioningSite.open(...databases, fuse);
  site.purposes = purposes;
  const { provisioning, revocation, work } = site.process();
  if (by) {
    const { identityProvider } = login(by);
    site.providers.set(identityProvider.id, identityProvider);
    await site.passTime();
  }
  if (death) fuse.blowAfter(death.after, death.moments);
  try {
    if (who) return { result: await provisioning.provision(login(who)) };
    if (by) {
      await work();
      return { result: 'worked' };
    }
    await revocation.revoke(revoke ?? '', { kind: 'person', subject: '' });
    return { result: 'revoked' };
  } finally {
    fuse.remove();
  }
}

process.on('message', (order: Order) => {
  obey(order).then(
    (answer) => process.send?.(answer),
    (error: unknown) => process.send?.({ error: String(error) } satisfies Answer),
  );
});
process.once('disconnect', () => process.exit());
