import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { agree, profilePurpose } from '../../test/support/profile-purpose.js';
import { login, ProvisioningSite } from '../../test/support/provisioning-site.js';

let folder: string;
let site: ProvisioningSite;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'foyer-snapshots-'));
  site = await ProvisioningSite.open(`sqlite:${join(folder, 'foyer.db')}`, `sqlite:${join(folder, 'corp.db')}`);
});
afterEach(async () => {
  await site.close();
  rmSync(folder, { recursive: true });
});

test.each(['PRIMARY', 'CORP'])(
  'who is created in %s by another login, between the look for the link and that for the username, is not taken for somebody else',
  async (userStore) => {
    const anna = login({ subject: 'anna', jit: { userStore } });
    const { provisioning } = site.process();
    const find = site.links.find.bind(site.links);
    jest.spyOn(site.links, 'find').mockImplementationOnce(async (...key) => {
      const found = await find(...key);
      await site.process().provisioning.provision(anna);
      return found;
    });
    expect(await provisioning.provision(anna)).toMatchObject({ kind: 'account', outcome: 'unchanged', username: 'anna' });
    expect(await site.counts()).toEqual({ links: 1, users: 1, accounts: 1, create: 1, unchanged: 1 });
  },
);

test('what was refused is known also when JIT was switched off since', async () => {
  site.purposes = [profilePurpose];
  const jit = { prompt: 'consent' } as const;
  const first = login({ subject: 'anna', jit, answers: { consent: agree(['email']) } });
  expect(await site.process().provisioning.provision(first)).toMatchObject({ outcome: 'create' });
  const told = async (subject: string) => {
    const result = await site.process().provisioning.provision(login({ subject, jit: { ...jit, enabled: false } }));
    return 'mapped' in result ? Object.keys(result.mapped.attributes) : [result.kind];
  };
  expect(await told('bert')).toEqual(expect.arrayContaining(['email', 'givenName']));
  expect(await told('anna')).toContain('email');
  expect(await told('anna')).not.toContain('givenName');
});
