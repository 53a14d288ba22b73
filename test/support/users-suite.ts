import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { join } from 'node:path';
import { newId } from '@foyer/platform';
import { FirstAdministrator, USER_REGISTRY, USER_STORE_DIRECTORY, type UserRegistry, type UserStoreDirectory } from '@foyer/userstores';
import { openUsersSite, type Answer, type UsersSite } from './users-site.js';

const usersWrite = { scopes: ['users:write'] };

/** What the admin API does with users and user stores, on any database. */
export function usersSuite(name: string, env: () => Promise<Readonly<Record<string, string>>>): void {
  describe(name, () => {
    let site: UsersSite;
    let generated: Awaited<ReturnType<FirstAdministrator['ensure']>>;

    beforeAll(async () => {
      site = await openUsersSite(await env());
      generated = await site.app.get(FirstAdministrator).ensure();
      const corp = { domain: 'corp', type: 'sql', sql: { url: `sqlite:${join(site.folder, 'corp.db')}` } };
      expect((await site.call('POST', '/user-stores', { body: corp })).status).toBe(201);
    }, 60_000);
    afterAll(() => site.close());

    const create = async (body: object): Promise<Answer & { id: string; etag: string }> => {
      const answer = await site.call('POST', '/users', { body });
      expect(answer).toMatchObject({ status: 201 });
      return { ...answer, id: String(answer.body.id), etag: answer.headers.get('etag') ?? '' };
    };
    const problem = (answer: Answer) => ({
      status: answer.status,
      code: answer.body.code,
      ...(Array.isArray(answer.body.errors) && {
        errors: Object.fromEntries((answer.body.errors as { path: string; code: string }[]).map(({ path, code }) => [path, code])),
      }),
    });
    const verify = async (domain: string, username: string, password: string) =>
      site.app.get<UserStoreDirectory>(USER_STORE_DIRECTORY).find(domain)?.store.verifyPassword(username, password);

    test('the first start makes an owner with a password that is told once', async () => {
      expect(generated).toMatchObject({ username: 'admin' });
      expect(await verify('PRIMARY', 'admin', generated?.password ?? '')).toMatchObject({ roles: ['owner'] });
      expect(await site.app.get(FirstAdministrator).ensure()).toBeUndefined();
      const { body } = await site.call('GET', '/users?username=ADMIN&userStore=primary');
      expect(body).toMatchObject({ total: 1, items: [{ username: 'admin', roles: ['owner'], enabled: true }] });
    });

    test.each(['PRIMARY', 'CORP'])('a user in %s is created, read, changed and deleted', async (userStore) => {
      const attributes = { givenName: 'Anna', email: 'Anna@Acme.example', tags: ['a'], address: { locality: 'Lund' } };
      const { headers, body, id, etag } = await create({
        ...{ username: 'Änna', userStore: userStore.toLowerCase(), password: 'correct horse', attributes },
        ...{ roles: ['developer'], groups: ['staff'] },
      });
      expect(headers.get('location')).toBe(`/api/v1/users/${id}`);
      expect(body).toEqual({
        ...{
          id,
          username: 'Änna',
          userStore,
          enabled: true,
          locked: false,
          expiresAt: null,
          attributes,
          roles: ['developer'],
          groups: ['staff'],
          links: [],
        },
        createdAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
        updatedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
      });
      expect(await verify(userStore, 'änna', 'correct horse')).toMatchObject({ userId: id });
      expect(await site.call('GET', `/users/${id}`)).toMatchObject({ status: 200, body });
      const patch = { username: 'Anna', attributes: { givenName: null, locale: 'sv' }, roles: ['tester'], password: 'battery staple' };
      const changed = await site.call('PATCH', `/users/${id}`, { body: patch, ifMatch: etag });
      expect(changed).toMatchObject({ status: 200, body: { username: 'Anna', roles: ['tester'], groups: ['staff'] } });
      expect(changed.body.attributes).toEqual({ email: attributes.email, tags: ['a'], address: { locality: 'Lund' }, locale: 'sv' });
      expect(changed.headers.get('etag')).not.toBe(etag);
      expect(await verify(userStore, 'anna', 'battery staple')).toMatchObject({ userId: id });
      expect((await site.call('GET', '/users?email=anna@acme.EXAMPLE')).body).toMatchObject({ total: 1, items: [changed.body] });
      const [row] = await site.database.read.query<{ origins: string }[]>('SELECT origins FROM users WHERE id = ?', [id]);
      const local = { by: 'local', since: expect.any(Number) };
      expect(JSON.parse(row?.origins ?? '')).toEqual({ givenName: local, email: local, tags: local, address: local, locale: local });
      expect(problem(await site.call('DELETE', `/users/${id}`, { ifMatch: etag }))).toEqual({ status: 412, code: 'version.stale' });
      expect((await site.call('DELETE', `/users/${id}`, { ifMatch: changed.headers.get('etag') ?? '' })).status).toBe(204);
      expect(site.witness.seen.slice(-2)).toEqual([`removed ${id}, row there`, `disabled ${id}`]);
      expect(problem(await site.call('GET', `/users/${id}`))).toEqual({ status: 404, code: 'user.notFound' });
      expect(await verify(userStore, 'anna', 'battery staple')).toBeUndefined();
    });

    test.each(['PRIMARY', 'CORP'])('what an administrator gives or takes in %s is local, whoever gave it before', async (userStore) => {
      const { id } = await create({ username: 'granted', userStore, roles: ['kept', 'taken', 'local'], groups: ['staff'] });
      const idp = ['idp:acme-id'];
      const grants = { 'role:kept': idp, 'role:taken': ['local', ...idp], 'group:staff': idp, 'role:given': idp };
      const registry = site.app.get<UserRegistry>(USER_REGISTRY);
      await site.database.transaction((tx) => registry.update(tx, id, { grants }, 0));
      const kept = async () => (await registry.find(site.database.read, id))?.grants;
      const patch = async (body: object) => {
        const etag = (await site.call('GET', `/users/${id}`)).headers.get('etag') ?? '';
        expect(await site.call('PATCH', `/users/${id}`, { body, ifMatch: etag })).toMatchObject({ status: 200 });
      };
      await patch({ attributes: { locale: 'sv' } });
      expect(await kept()).toEqual(grants);
      await patch({ roles: ['kept', 'local', 'given'], groups: [] });
      expect(await kept()).toEqual({ 'role:kept': idp });
    });

    test.each(['PRIMARY', 'CORP'])(
      'a role in %s that counts no more is not shown, and counts again only when it is given',
      async (userStore) => {
        const { id } = await create({ username: 'suspended', userStore, roles: ['lost', 'other', 'staying'] });
        const registry = site.app.get<UserRegistry>(USER_REGISTRY);
        const grants = { 'role:lost': ['idp:acme-id'], 'role:other': ['idp:acme-id'] };
        await site.database.transaction((tx) => registry.update(tx, id, { grants, suspendedRoles: ['lost', 'other'] }, 0));
        const shown = async () => {
          const [one, list, why] = [
            await site.call('GET', `/users/${id}`),
            await site.call('GET', `/users?id=${id}`),
            await site.call('GET', `/users/${id}/origins`),
          ];
          expect(list.body.items?.[0]?.['roles']).toEqual(one.body.roles);
          expect(Object.keys(why.body['roles'] as object).sort()).toEqual(one.body.roles);
          return one.body.roles;
        };
        const patch = async (roles: string[]) => {
          const etag = (await site.call('GET', `/users/${id}`)).headers.get('etag') ?? '';
          expect(await site.call('PATCH', `/users/${id}`, { body: { roles }, ifMatch: etag })).toMatchObject({
            status: 200,
            body: { roles },
          });
          return registry.find(site.database.read, id);
        };
        expect(await shown()).toEqual(['staying']);
        expect(await patch(['staying', 'tester'])).toMatchObject({ suspendedRoles: ['lost', 'other'], grants });
        const given = await patch(['lost', 'staying']);
        expect(given).toMatchObject({ suspendedRoles: ['other'] });
        expect(given?.grants).toEqual({ 'role:other': ['idp:acme-id'] });
        expect(await shown()).toEqual(['lost', 'staying']);
        const store = site.app.get<UserStoreDirectory>(USER_STORE_DIRECTORY).find(userStore)?.store;
        expect((await store?.find(id))?.roles).toEqual(['lost', 'other', 'staying']);
      },
    );

    test('a patch that changes nothing keeps the version, disabling tells who follows', async () => {
      const { id, etag } = await create({ username: 'idle', attributes: { email: 'idle@acme.example' } });
      const same = await site.call('PATCH', `/users/${id}`, {
        body: { username: 'idle', attributes: { email: 'idle@acme.example' } },
        ifMatch: etag,
      });
      expect(same.headers.get('etag')).toBe(etag);
      const seen = site.witness.seen.length;
      const disabled = await site.call('PATCH', `/users/${id}`, { body: { enabled: false, attributes: { email: null } }, ifMatch: etag });
      expect(disabled.body).toMatchObject({ enabled: false, attributes: {} });
      expect(site.witness.seen.slice(seen)).toEqual([`disabled ${id}`]);
      expect((await site.call('GET', '/users?email=idle@acme.example')).body.total).toBe(0);
      expect((await site.call('GET', '/users?enabled=false')).body.total).toBe(1);
    });

    test('a change or a deletion needs to know the version', async () => {
      const { id } = await create({ username: 'versioned' });
      expect(problem(await site.call('PATCH', `/users/${id}`, { body: {} }))).toEqual({ status: 428, code: 'version.required' });
      expect(problem(await site.call('DELETE', `/users/${id}`))).toEqual({ status: 428, code: 'version.required' });
      expect(problem(await site.call('PATCH', `/users/${id}`, { body: {}, ifMatch: '"99"' }))).toEqual({
        status: 412,
        code: 'version.stale',
      });
    });

    test('of many changes of one version at once, one wins', async () => {
      for (const userStore of ['PRIMARY', 'CORP']) {
        const { id, etag } = await create({ username: 'contended', userStore });
        const answers = await Promise.all(
          Array.from({ length: 8 }, (_, n) =>
            site.call('PATCH', `/users/${id}`, { body: { attributes: { [`a${n}`]: n } }, ifMatch: etag }),
          ),
        );
        expect(answers.map(({ status }) => status).sort((a, b) => a - b)).toEqual([200, ...Array<number>(7).fill(412)]);
        expect(Object.keys((await site.call('GET', `/users/${id}`)).body.attributes as object)).toHaveLength(1);
      }
    });

    test('a username is taken however it is written, in its store only', async () => {
      await create({ username: 'Straße' });
      const again = { username: 'STRASSE' };
      expect(problem(await site.call('POST', '/users', { body: again }))).toEqual({ status: 409, code: 'username.taken' });
      await create({ ...again, userStore: 'CORP' });
      expect(problem(await site.call('POST', '/users', { body: { username: 'strasse', userStore: 'CORP' } }))).toMatchObject({
        status: 409,
      });
      expect((await site.call('GET', '/users?username=strasse&userStore=CORP')).body.total).toBe(1);
    });

    test.each([
      ['no name', {}, { username: 'value.missing' }],
      ['a domain in the name', { username: 'CORP/anna' }, { username: 'username.malformed' }],
      ['an invisible character', { username: 'an\u200bna' }, { username: 'username.malformed' }],
      ['a lone surrogate', { username: 'an\ud800na' }, { username: 'value.invalid' }],
      ['an unknown store', { username: 'x', userStore: 'NONE' }, { userStore: 'reference.unknown' }],
      ['a short password', { username: 'x', password: 'short' }, { password: 'policy.password' }],
      ['unknown keys', { username: 'x', id: 'y', more: [] }, { id: 'key.unknown', more: 'key.unknown' }],
      ['wrong types', { username: 5, enabled: 'yes', roles: 'a' }, { username: 'type.wrong', enabled: 'type.wrong', roles: 'type.wrong' }],
      ['a bad role', { username: 'x', roles: ['ok', ' a'] }, { 'roles[1]': 'rolename.malformed' }],
      ['a bad group', { username: 'x', groups: ['a\tb'] }, { 'groups[0]': 'groupname.malformed' }],
      [
        'bad attributes',
        { username: 'x', attributes: { 'a.b': 1, roles: ['owner'], n: null, l: [1], o: { a: {} }, email: 5, t: 'x'.repeat(4_097) } },
        {
          ...{ 'attributes["a.b"]': 'key.invalid', 'attributes.roles': 'key.reserved', 'attributes.n': 'type.wrong' },
          ...{
            'attributes.l[0]': 'type.wrong',
            'attributes.o.a': 'type.wrong',
            'attributes.email': 'type.wrong',
            'attributes.t': 'value.tooLong',
          },
        },
      ],
      [
        'too much',
        { username: 'x', attributes: Object.fromEntries(Array.from({ length: 20 }, (_, n) => [`a${n}`, 'é'.repeat(4_000)])) },
        { attributes: 'value.tooLong' },
      ],
    ])('%s is refused, and nothing is written', async (_, body, errors) => {
      const { total } = (await site.call('GET', '/users')).body;
      expect(problem(await site.call('POST', '/users', { body }))).toEqual({ status: 400, code: 'input.invalid', errors });
      expect((await site.call('GET', '/users')).body.total).toBe(total);
    });

    test('what never changes is not patched', async () => {
      const { id, etag } = await create({ username: 'fixed' });
      const answer = await site.call('PATCH', `/users/${id}`, { body: { id: newId(), userStore: 'CORP', more: 1 }, ifMatch: etag });
      expect(problem(answer)).toMatchObject({ status: 400, errors: { id: 'key.readOnly', userStore: 'key.readOnly' } });
      const unnamed = await site.call('PATCH', `/users/${id}`, { body: { username: null }, ifMatch: etag });
      expect(problem(unnamed)).toMatchObject({ status: 400, errors: { username: 'value.missing' } });
    });

    test('the list pages, sorts and filters, and refuses what it does not know', async () => {
      const made = [];
      for (const username of ['list-c', 'list-a', 'list-b']) made.push((await create({ username })).id);
      const walked: unknown[] = [];
      for (let cursor: unknown = ''; cursor !== null;) {
        const page = await site.call('GET', `/users?limit=2&sort=username${cursor === '' ? '' : `&cursor=${String(cursor)}`}`);
        walked.push(...(page.body.items ?? []).map(({ username }) => username));
        cursor = page.body.nextCursor;
      }
      expect(walked.filter((username) => String(username).startsWith('list-'))).toEqual(['list-a', 'list-b', 'list-c']);
      const newest = await site.call('GET', '/users?limit=1');
      expect(newest.body.items?.[0]).toMatchObject({ id: made[2] });
      expect((await site.call('GET', `/users?id=${made[0]}`)).body.items).toHaveLength(1);
      expect(problem(await site.call('GET', '/users?page=2&limit=0'))).toMatchObject({ status: 400 });
      expect(problem(await site.call('GET', '/users?subject=a&subject=b'))).toMatchObject({
        status: 400,
        errors: { subject: 'value.duplicate' },
      });
    });

    test('users are found by the links that others keep', async () => {
      const { id } = await create({ username: 'linked' });
      const link = [newId(), 'k'.repeat(43), newId(), 'acme', 'https://login.acme.example', 'acme-linked', id, 'active', 1, 1, 1];
      const columns =
        'id, link_key, identity_provider_id, identity_provider, issuer, subject, user_id, status, version, created_at, updated_at';
      await site.database.transaction((tx) =>
        tx.query(`INSERT INTO account_links (${columns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`, link),
      );
      for (const query of ['subject=acme-linked', 'identityProvider=acme', 'identityProvider=acme&subject=acme-linked&enabled=true']) {
        const { body } = await site.call('GET', `/users?${query}`);
        expect(body).toMatchObject({
          total: 1,
          items: [{ id, links: [{ identityProvider: 'acme', subject: 'acme-linked', active: true }] }],
        });
      }
      expect((await site.call('GET', '/users?identityProvider=other')).body.total).toBe(0);
      await site.call('DELETE', `/users/${id}`, { ifMatch: '*' });
      const links = await site.database.read.query<{ status: string }[]>('SELECT status FROM account_links WHERE user_id = ?', [id]);
      expect(links).toEqual([{ status: 'tombstone' }]);
    });

    test('scopes decide who reads and who writes', async () => {
      const { id, etag } = await create({ username: 'scoped' });
      const reader = { scopes: ['users:read'] };
      expect((await site.call('GET', '/users', { as: reader })).status).toBe(200);
      expect(problem(await site.call('POST', '/users', { body: { username: 'y' }, as: reader }))).toEqual({
        status: 403,
        code: 'scope.missing',
      });
      expect((await site.call('DELETE', `/users/${id}`, { ifMatch: etag, as: reader })).status).toBe(403);
      expect((await site.call('GET', '/users', { as: { scopes: ['journal:read'] } })).status).toBe(403);
      expect((await site.call('PATCH', `/users/${id}`, { body: { roles: ['a'] }, ifMatch: etag, as: usersWrite })).status).toBe(200);
    });

    test('nobody grants a role that they lack, or changes a holder of one', async () => {
      const owner = await create({ username: 'owner-2', roles: ['owner'] });
      const plain = await create({ username: 'plain' });
      const attempts = [
        site.call('POST', '/users', { body: { username: 'z', roles: ['owner'] }, as: usersWrite }),
        site.call('POST', '/users', { body: { username: 'z', roles: ['Owner'] }, as: usersWrite }),
        site.call('POST', '/users', { body: { username: 'z', roles: ['foyer:applications:write'] }, as: usersWrite }),
        site.call('PATCH', `/users/${plain.id}`, { body: { roles: ['owner'] }, ifMatch: '*', as: usersWrite }),
        site.call('PATCH', `/users/${owner.id}`, { body: { roles: [] }, ifMatch: '*', as: usersWrite }),
        site.call('PATCH', `/users/${owner.id}`, { body: { password: 'correct horse' }, ifMatch: '*', as: usersWrite }),
        site.call('PATCH', `/users/${owner.id}`, { body: { attributes: { email: 'x@acme.example' } }, ifMatch: '*', as: usersWrite }),
        site.call('DELETE', `/users/${owner.id}`, { ifMatch: '*', as: usersWrite }),
      ];
      const codes = (await Promise.all(attempts)).map(({ status, body }) => `${status} ${String(body.code)}`);
      expect(codes).toEqual([...Array<string>(4).fill('403 role.notHeld'), ...Array<string>(4).fill('403 holder.privileged')]);
      expect((await site.call('POST', '/users', { body: { username: 'w', roles: ['foyer:users:write'] }, as: usersWrite })).status).toBe(
        201,
      );
      expect((await site.call('DELETE', `/users/${owner.id}`, { ifMatch: '*' })).status).toBe(204);
    });

    test('the last enabled owner stays, also when two go at once', async () => {
      const admin = (await site.call('GET', '/users?username=admin')).body.items?.[0];
      const path = `/users/${String(admin?.id)}`;
      const other = await create({ username: 'owner-3', roles: ['owner'] });
      await create({ username: 'owner-elsewhere', userStore: 'CORP', roles: ['owner'] });
      const disabled = await site.call('PATCH', `/users/${other.id}`, { body: { enabled: false }, ifMatch: '*' });
      for (const body of [{ enabled: false }, { roles: [] }]) {
        expect(problem(await site.call('PATCH', path, { body, ifMatch: '*' }))).toEqual({ status: 409, code: 'owner.last' });
      }
      expect(problem(await site.call('DELETE', path, { ifMatch: '*' }))).toEqual({ status: 409, code: 'owner.last' });
      await site.call('PATCH', `/users/${other.id}`, { body: { enabled: true }, ifMatch: disabled.headers.get('etag') ?? '' });
      const both = await Promise.all(
        [path, `/users/${other.id}`].map((one) => site.call('PATCH', one, { body: { roles: [] }, ifMatch: '*' })),
      );
      expect(both.map(({ status }) => status).sort((a, b) => a - b)).toEqual([200, 409]);
    });

    test('a person calls with what their roles still give', async () => {
      const { id, etag } = await create({ username: 'helper', roles: ['foyer:users:read'] });
      const as = { subject: id, scopes: ['admin'] };
      expect((await site.call('GET', '/users', { as })).status).toBe(200);
      expect((await site.call('POST', '/users', { body: { username: 'q' }, as })).status).toBe(403);
      await site.call('PATCH', `/users/${id}`, { body: { enabled: false }, ifMatch: etag });
      expect((await site.call('GET', '/users', { as })).status).toBe(401);
    });

    test('a store that is down takes neither the list nor other users with it', async () => {
      const url = 'mysql://nobody:secret@127.0.0.1:1/none';
      const { id } = await create({ username: 'marooned', userStore: 'CORP' });
      const corp = await site.call('GET', '/user-stores/corp');
      const moved = await site.call('PATCH', '/user-stores/CORP', { body: { sql: { url } }, ifMatch: corp.headers.get('etag') ?? '' });
      expect(moved.body).toMatchObject({ domain: 'CORP', sql: { url: 'mysql://nobody@127.0.0.1:1/none', password: '***' } });
      expect(problem(await site.call('GET', `/users/${id}`))).toEqual({ status: 503, code: 'store.unavailable' });
      const { body } = await site.call('GET', '/users?username=marooned');
      expect(body.items).toEqual([expect.objectContaining({ id, username: 'marooned', storeUnavailable: true, attributes: {} })]);
      expect(problem(await site.call('POST', '/users', { body: { username: 'stranded', userStore: 'CORP' } }))).toMatchObject({
        status: 503,
      });
      await create({ username: 'elsewhere' });
      const back = { sql: { url: `sqlite:${join(site.folder, 'corp.db')}`, password: null } };
      const restored = await site.call('PATCH', '/user-stores/CORP', { body: back, ifMatch: moved.headers.get('etag') ?? '' });
      expect(restored.body).toEqual(expect.objectContaining({ sql: { url: back.sql.url, timeoutMs: 5_000 } }));
      expect((await site.call('GET', `/users/${id}`)).status).toBe(200);
      // Foyer cannot know whether the store had created it: the name stays reserved until somebody deletes it.
      const stranded = (await site.call('GET', '/users?username=stranded')).body.items?.[0];
      expect((await site.call('DELETE', `/users/${String(stranded?.id)}`, { ifMatch: '*' })).status).toBe(204);
      await create({ username: 'stranded', userStore: 'CORP' });
    });

    test('a read-only store and a disabled one refuse', async () => {
      const made = await site.call('POST', '/user-stores', { body: { domain: 'FROZEN', type: 'sql', readOnly: true } });
      const body = { username: 'anna', userStore: 'FROZEN' };
      expect(problem(await site.call('POST', '/users', { body }))).toEqual({ status: 409, code: 'store.readOnly' });
      const patch = { readOnly: false, enabled: false };
      await site.call('PATCH', '/user-stores/frozen', { body: patch, ifMatch: made.headers.get('etag') ?? '' });
      expect(problem(await site.call('POST', '/users', { body }))).toEqual({ status: 409, code: 'store.disabled' });
      expect((await site.call('DELETE', '/user-stores/FROZEN', { ifMatch: '*' })).status).toBe(204);
    });

    test('where passwords are required, nobody is created without one', async () => {
      const store = { domain: 'SECRETS', type: 'sql', passwordRequired: true };
      expect(await site.call('POST', '/user-stores', { body: store })).toMatchObject({ status: 201, body: { passwordRequired: true } });
      const user = { username: 'anna', userStore: 'SECRETS' };
      const refused = await site.call('POST', '/users', { body: user });
      expect(refused).toMatchObject({ status: 400, body: { errors: [{ path: 'password', code: 'password.required' }] } });
      const created = await site.call('POST', '/users', { body: { ...user, password: 'correct horse' } });
      expect(created).toMatchObject({ status: 201 });
      const path = `/users/${String(created.body.id)}`;
      expect(await site.call('PATCH', path, { body: { enabled: false }, ifMatch: '*' })).toMatchObject({ status: 200 });
      for (const gone of [path, '/user-stores/SECRETS']) expect((await site.call('DELETE', gone, { ifMatch: '*' })).status).toBe(204);
    });

    test('user stores are listed, and neither PRIMARY nor one with users goes', async () => {
      expect((await site.call('GET', '/user-stores')).body).toMatchObject({ total: 2, items: [{ domain: 'CORP' }, { domain: 'PRIMARY' }] });
      expect(problem(await site.call('DELETE', '/user-stores/PRIMARY', { ifMatch: '*' }))).toEqual({
        status: 409,
        code: 'settings.permanent',
      });
      expect(problem(await site.call('DELETE', '/user-stores/CORP', { ifMatch: '*' }))).toEqual({ status: 409, code: 'store.inUse' });
      const writer = { scopes: ['user-stores:write'] };
      const elsewhere = { domain: 'X', type: 'sql', sql: { url: 'mysql://db/x' } };
      expect(problem(await site.call('POST', '/user-stores', { body: elsewhere, as: writer }))).toEqual({
        status: 403,
        code: 'scope.missing',
      });
      expect((await site.call('POST', '/user-stores', { body: { domain: 'Y', type: 'sql' }, as: writer })).status).toBe(201);
    });
  });
}
