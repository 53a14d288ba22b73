import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { join } from 'node:path';
import { AccountLinks } from '@foyer/provisioning';
import { newId } from '@foyer/platform';
import { openUsersSite, type Answer, type UsersSite } from './users-site.js';

const day = 24 * 60 * 60_000;
const problem = ({ status, body: { code } }: Answer) => ({ status, code });
const faults = ({ body: { errors } }: Answer) =>
  Object.fromEntries((Array.isArray(errors) ? (errors as { path: string; code: string }[]) : []).map(({ path, code }) => [path, code]));

/** Who may log in to an account, and by what, as the admin API says it, on any database. */
export function userAccessSuite(name: string, env: () => Promise<Readonly<Record<string, string>>>): void {
  describe(name, () => {
    let site: UsersSite;
    let number = 0;

    beforeAll(async () => {
      site = await openUsersSite(await env());
      const corp = { domain: 'corp', type: 'sql', sql: { url: `sqlite:${join(site.folder, 'corp.db')}` } };
      expect((await site.call('POST', '/user-stores', { body: corp })).status).toBe(201);
      for (const provider of ['acme', 'globex']) expect((await configure(provider)).status).toBe(201);
    }, 60_000);
    afterAll(() => site.close());

    const configure = (provider: string, issuer = `https://login.${provider}.example`): Promise<Answer> => {
      const oidc = { issuer, clientId: 'foyer', clientSecret: 'a secret of the client' };
      const jit = { enabled: true, linking: { existing: 'pre-provisioned' } };
      return site.call('POST', '/identity-providers', { body: { name: provider, protocol: 'oidc', oidc, jit } });
    };
    const create = async (body: object = {}): Promise<Answer & { id: string; path: string; etag: string }> => {
      const answer = await site.call('POST', '/users', { body: { username: `user-${(number += 1)}`, ...body } });
      expect(answer).toMatchObject({ status: 201 });
      const id = String(answer.body.id);
      return { ...answer, id, path: `/users/${id}`, etag: answer.headers.get('etag') ?? '' };
    };
    const patch = (path: string, body: object, ifMatch = '*'): Promise<Answer> => site.call('PATCH', path, { body, ifMatch });
    const tellings = async (work: () => Promise<unknown>): Promise<string[]> => {
      const before = site.witness.seen.length;
      await work();
      return site.witness.seen.slice(before);
    };

    describe.each(['PRIMARY', 'CORP'])('in %s', (userStore) => {
      test('an account is locked and unlocked, and set to expire', async () => {
        const { id, path, etag, body } = await create({ userStore });
        expect(body).toMatchObject({ locked: false, expiresAt: null });
        expect(await tellings(() => patch(path, { locked: true }, etag))).toEqual([`disabled ${id}`]);
        expect((await site.call('GET', `/users?id=${id}&locked=true`)).body).toMatchObject({
          total: 1,
          items: [{ locked: true, enabled: true }],
        });
        expect(await tellings(() => patch(path, { locked: true }))).toEqual([]);
        expect((await patch(path, { locked: false })).body).toMatchObject({ locked: false });
        const later = new Date(Date.now() + day).toISOString();
        expect(await tellings(() => patch(path, { expiresAt: later }))).toEqual([]);
        expect((await site.call('GET', path)).body).toMatchObject({ expiresAt: later });
        expect(await tellings(() => patch(path, { expiresAt: '2026-01-31T12:00:00+01:00' }))).toEqual([`disabled ${id}`]);
        expect((await site.call('GET', path)).body).toMatchObject({ expiresAt: '2026-01-31T11:00:00.000Z' });
        expect((await patch(path, { expiresAt: null })).body).toMatchObject({ expiresAt: null });
      });

      test('an account can begin locked and with an end', async () => {
        const { id, body } = await create({ userStore, locked: true, expiresAt: '2031-01-31T00:00:00Z' });
        expect(body).toMatchObject({ locked: true, expiresAt: '2031-01-31T00:00:00.000Z' });
        const found = await site.call('GET', '/users?expiresFrom=2031-01-31&expiresBefore=2031-02-01');
        expect(found.body.items?.map((user) => user['id'])).toContain(id);
        await create({ userStore, expiresAt: null });
      });

      test('identities are named, shown, replaced and taken away', async () => {
        const anna = { identityProvider: 'acme', subject: `anna ${newId()}` };
        const other = { identityProvider: 'globex', subject: anna.subject };
        const { id, path, etag, body } = await create({ userStore, links: [anna] });
        expect(body.links).toEqual([{ ...anna, active: false }]);
        const replaced = await patch(path, { links: [other] }, etag);
        expect(replaced.body.links).toEqual([{ ...other, active: false }]);
        expect(replaced.headers.get('etag')).not.toBe(etag);
        const same = await patch(path, { links: [other] }, replaced.headers.get('etag') ?? '');
        expect(same.headers.get('etag')).toBe(replaced.headers.get('etag'));
        expect((await site.call('GET', `/users?identityProvider=globex&subject=${encodeURIComponent(other.subject)}`)).body).toMatchObject({
          total: 1,
          items: [{ id }],
        });
        expect((await patch(path, { links: null })).body.links).toEqual([]);
      });

      test('an identity of another user is taken, and nothing of the request happens', async () => {
        const named = { identityProvider: 'acme', subject: newId() };
        const { path, body } = await create({ userStore, links: [named] });
        const other = await create({ userStore });
        const taken = { status: 409, code: 'link.taken' };
        expect(problem(await patch(other.path, { links: [named], attributes: { locale: 'sv' } }, other.etag))).toEqual(taken);
        expect((await site.call('GET', other.path)).body).toEqual(other.body);
        const username = `robber-${number}`;
        expect(problem(await site.call('POST', '/users', { body: { username, userStore, links: [named] } }))).toEqual(taken);
        expect((await site.call('GET', `/users?username=${username}`)).body.total).toBe(0);
        await create({ username, userStore });
        expect((await site.call('GET', path)).body).toEqual(body);
      });

      test('the last way in stays, unless there is a password or another identity', async () => {
        const [first, second] = [newId(), newId()].map((subject) => ({ identityProvider: 'acme', subject }));
        const { id, path } = await create({ userStore, links: [first, second] });
        await use(first?.subject);
        expect(await tellings(() => patch(path, { links: [first] }))).toEqual([expect.stringContaining(`unlinked ${id} from `)]);
        expect(problem(await patch(path, { links: [] }))).toEqual({ status: 409, code: 'link.last' });
        expect((await patch(path, { links: [second] })).body.links).toEqual([{ ...second, active: false }]);
        expect((await patch(path, { links: [] })).body.links).toEqual([]);
        await patch(path, { links: [first] });
        await use(first?.subject);
        expect((await patch(path, { links: [], password: 'correct horse' })).body.links).toEqual([]);
        await patch(path, { links: [first] });
        await use(first?.subject);
        expect((await patch(path, { links: [] })).body.links).toEqual([]);
      });
    });

    /** Somebody logs in by an identity that was named. */
    const use = (subject: string | undefined): Promise<unknown> =>
      site.database.transaction((tx) => tx.query("UPDATE account_links SET status = 'active' WHERE subject = ?", [subject]));

    test.each([
      [
        'an unknown provider',
        { links: [{ identityProvider: 'nobody', subject: 'x' }] },
        { 'links[0].identityProvider': 'reference.unknown' },
      ],
      ['no subject', { links: [{ identityProvider: 'acme' }] }, { 'links[0].subject': 'value.missing' }],
      [
        'a subject that is too long',
        { links: [{ identityProvider: 'acme', subject: 'x'.repeat(256) }] },
        { 'links[0].subject': 'value.tooLong' },
      ],
      ['what is no time', { expiresAt: 'tomorrow' }, { expiresAt: 'value.invalid' }],
      ['a day that does not exist', { expiresAt: '2026-02-30T00:00:00Z' }, { expiresAt: 'value.invalid' }],
      ['a time in no zone', { expiresAt: '2026-02-03T00:00:00' }, { expiresAt: 'value.invalid' }],
      ['a number', { expiresAt: 5, locked: 1 }, { expiresAt: 'value.invalid', locked: 'type.wrong' }],
    ])('%s is refused', async (_, body, errors) => {
      const { path } = await create();
      for (const answer of [await site.call('POST', '/users', { body: { username: 'refused', ...body } }), await patch(path, body)])
        expect({ status: answer.status, errors: faults(answer) }).toEqual({ status: 400, errors });
    });

    test('an identity whose provider is gone stays until it is taken away, and leads nobody in', async () => {
      await configure('gone');
      const named = { identityProvider: 'gone', subject: newId() };
      const { path, id } = await create({ links: [named] });
      await use(named.subject);
      expect((await site.call('DELETE', '/identity-providers/gone', { ifMatch: '*' })).status).toBe(204);
      expect((await patch(path, { locked: true })).body.links).toEqual([{ ...named, active: true }]);
      await configure('gone');
      const other = await create({ links: [named] });
      const [old] = await new AccountLinks().ofUser(site.database.read, id);
      const [fresh] = await new AccountLinks().ofUser(site.database.read, other.id);
      expect(fresh?.identityProviderId).not.toBe(old?.identityProviderId);
      expect((await patch(path, { links: [] })).body.links).toEqual([]);
    });

    test('naming an identity for a holder of rights needs those rights', async () => {
      const owner = await create({ roles: ['owner'] });
      const body = { links: [{ identityProvider: 'acme', subject: newId() }] };
      const answer = await site.call('PATCH', owner.path, { body, ifMatch: '*', as: { scopes: ['users:write'] } });
      expect(problem(answer)).toEqual({ status: 403, code: 'holder.privileged' });
    });

    test('the origin of each value, role and group can be asked for', async () => {
      const attributes = { email: 'anna@acme.example', locale: 'sv', title: 'Dr' };
      const { id, path } = await create({ attributes, roles: ['developer', 'tester'], groups: ['staff'] });
      await patch(path, { attributes: { title: null } });
      const { id: acme } = (await site.call('GET', '/identity-providers/acme')).body;
      const idp = { by: 'idp', identityProviderId: acme };
      const origins = { email: { ...idp, verified: true }, locale: { by: 'local', since: 1_790_000_000_000 }, title: { by: 'local' } };
      const grants = { 'role:developer': [`idp:${String(acme)}`, 'local'], 'group:staff': ['idp:of-one-that-is-gone', 'scim'] };
      await site.database.transaction((tx) =>
        tx.query('UPDATE users SET origins = ?, grants = ? WHERE id = ?', [JSON.stringify(origins), JSON.stringify(grants), id]),
      );
      expect(await site.call('GET', `${path}/origins`, { as: { scopes: ['users:read'] } })).toMatchObject({
        status: 200,
        body: {
          attributes: {
            email: { value: 'anna@acme.example', by: 'idp', identityProvider: 'acme', verified: true },
            locale: { value: 'sv', by: 'local', since: new Date(1_790_000_000_000).toISOString() },
            title: { value: null, by: 'local' },
          },
          roles: { developer: [{ by: 'idp', identityProvider: 'acme' }, { by: 'local' }], tester: [{ by: 'local' }] },
          groups: { staff: [{ by: 'idp', identityProvider: 'of-one-that-is-gone' }, { by: 'scim' }] },
        },
      });
      expect((await site.call('GET', `${path}/origins`, { as: { scopes: ['journal:read'] } })).status).toBe(403);
      expect(problem(await site.call('GET', `/users/${newId()}/origins`))).toEqual({ status: 404, code: 'user.notFound' });
    });

    test('the last owner is neither locked nor expires', async () => {
      const { path } = await create({ roles: ['owner'] });
      const others =
        (await site.call('GET', '/users?limit=500')).body.items?.filter(({ roles }) => (roles as string[]).includes('owner')) ?? [];
      for (const { id } of others) if (`/users/${String(id)}` !== path) await site.call('DELETE', `/users/${String(id)}`, { ifMatch: '*' });
      for (const body of [{ locked: true }, { expiresAt: '2099-01-01T00:00:00Z' }])
        expect(problem(await patch(path, body))).toEqual({ status: 409, code: 'owner.last' });
      const passing = await create({ roles: ['owner'], expiresAt: '2099-01-01T00:00:00Z' });
      expect(problem(await patch(path, { locked: true }))).toEqual({ status: 409, code: 'owner.last' });
      await patch(passing.path, { expiresAt: null });
      expect((await patch(path, { locked: true })).status).toBe(200);
    });

    test('who is locked or expired calls the admin API no more', async () => {
      const { id, path } = await create({ roles: ['foyer:users:read'] });
      const call = async (): Promise<number> =>
        (await site.call('GET', '/users?limit=1', { as: { subject: id, scopes: ['admin'] } })).status;
      expect(await call()).toBe(200);
      await patch(path, { locked: true });
      expect(await call()).toBe(401);
      await patch(path, { locked: false, expiresAt: '2026-01-01T00:00:00Z' });
      expect(await call()).toBe(401);
    });
  });
}
