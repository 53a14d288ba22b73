import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { generateKeyPairSync } from 'node:crypto';
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
import { adminScopes } from '@foyer/admin-access';
import { Applications } from '@foyer/applications';
import { IdentityProviders } from '@foyer/identity-providers';
import { startSettingsApi, type Answer, type SettingsApi } from '../support/settings-api.js';

let api: SettingsApi;
beforeAll(async () => {
  api = await startSettingsApi();
});
afterAll(() => api.close());

const provider = (name: string, more: object = {}) => ({
  name,
  protocol: 'oidc',
  oidc: { issuer: `https://${name}.example`, clientId: 'foyer', clientSecret: `secret of ${name}` },
  ...more,
});
const application = (name: string, more: object = {}) => ({
  name,
  protocol: 'oidc',
  oidc: { clientId: `client-${name}`, clientSecret: `secret of ${name}`, redirectUris: [`https://${name}.example/callback`] },
  ...more,
});
const etag = ({ headers }: Answer): string => headers.get('etag') ?? '';
const errorsOf = ({ body }: Answer): unknown => Reflect.get(Object(body) as object, 'errors');

const create = async (path: string, body: unknown): Promise<Answer> => {
  const answer = await api.call('POST', path, { body });
  expect(answer).toMatchObject({ status: 201 });
  return answer;
};

test('an identity provider is created, read, changed and deleted, and logins see it at once', async () => {
  const directory = api.app.get(IdentityProviders);
  const created = await create('/identity-providers', provider('acme', { homeRealms: ['Acme.Example'] }));
  expect(created.headers.get('location')).toBe('/api/v1/identity-providers/acme');
  expect(created.body).toMatchObject({
    name: 'acme',
    displayName: 'acme',
    oidc: { clientSecret: '***' },
    homeRealms: ['acme.example'],
    jit: { enabled: false },
  });
  expect(directory.byName('acme')).toMatchObject({ oidc: { clientSecret: 'secret of acme' } });
  expect(directory.byHomeRealm('ACME.example')?.name).toBe('acme');

  const read = await api.call('GET', '/identity-providers/acme', { as: 'identity-providers:read' });
  expect(read).toMatchObject({ status: 200, body: created.body });

  const patch = { displayName: 'Acme', oidc: { clientSecret: '***', scopes: ['openid'] }, theme: 'dark' };
  const changed = await api.call('PATCH', '/identity-providers/acme', { body: patch, ifMatch: etag(read) });
  expect(changed).toMatchObject({
    status: 200,
    body: { displayName: 'Acme', theme: 'dark', oidc: { clientSecret: '***', scopes: ['openid'] } },
  });
  expect(etag(changed)).not.toBe(etag(read));
  expect(directory.byName('acme')).toMatchObject({ displayName: 'Acme', oidc: { clientSecret: 'secret of acme', scopes: ['openid'] } });

  const removedTheme = await api.call('PATCH', '/identity-providers/acme', { body: { theme: null }, ifMatch: etag(changed) });
  expect(removedTheme.body).not.toHaveProperty('theme');
  const nothing = await api.call('PATCH', '/identity-providers/acme', { body: { displayName: 'Acme' }, ifMatch: etag(removedTheme) });
  expect(etag(nothing)).toBe(etag(removedTheme));

  const id = directory.byName('acme')?.id;
  expect(await api.call('DELETE', '/identity-providers/acme', { ifMatch: etag(nothing) })).toMatchObject({ status: 204, body: undefined });
  expect(directory.byName('acme')).toBeUndefined();
  expect(directory.byHomeRealm('acme.example')).toBeUndefined();
  expect(await api.call('GET', '/identity-providers/acme')).toMatchObject({ status: 404, body: { code: 'settings.notFound' } });
  const recreated = await create('/identity-providers', provider('acme'));
  expect(directory.byName('acme')?.id).not.toBe(id);
  expect(etag(recreated)).not.toBe(etag(created));
  expect(await api.call('DELETE', '/identity-providers/acme', { ifMatch: etag(created) })).toMatchObject({ status: 412 });
});

test('a change needs If-Match, and the version that it names', async () => {
  const first = etag(await create('/applications', application('versions')));
  expect(await api.call('PATCH', '/applications/versions', { body: { enabled: false } })).toMatchObject({
    status: 428,
    body: { code: 'version.required' },
  });
  expect(await api.call('DELETE', '/applications/versions')).toMatchObject({ status: 428 });
  expect(await api.call('PATCH', '/applications/versions', { body: { enabled: false }, ifMatch: '"7"' })).toMatchObject({
    status: 412,
    body: { code: 'version.stale' },
  });
  expect(await api.call('DELETE', '/applications/versions', { ifMatch: '"7"' })).toMatchObject({ status: 412 });
  const together = await Promise.all(
    [1, 2, 3, 4, 5].map((n) => api.call('PATCH', '/applications/versions', { body: { displayName: `Name ${n}` }, ifMatch: first })),
  );
  expect(together.map(({ status }) => status).sort((a, b) => a - b)).toEqual([200, 412, 412, 412, 412]);
  expect(api.app.get(Applications).byClientId('client-versions')?.version).toBe(2);
});

test('names, client ids and home realms belong to one object; names never change', async () => {
  await create('/applications', application('unique'));
  expect(await api.call('POST', '/applications', { body: application('unique') })).toMatchObject({
    status: 409,
    body: { code: 'name.taken', errors: [{ path: 'name' }] },
  });
  const sameClient = { ...application('other'), oidc: application('unique').oidc };
  expect(await api.call('POST', '/applications', { body: sameClient })).toMatchObject({
    status: 409,
    body: { code: 'value.taken', errors: [{ path: 'oidc.clientId', code: 'value.taken' }] },
  });
  expect(errorsOf(await api.call('PATCH', '/applications/unique', { body: { name: 'renamed' }, ifMatch: '*' }))).toMatchObject([
    { path: 'name', code: 'name.fixed' },
  ]);
  await create('/identity-providers', provider('realm-one', { homeRealms: ['realm.example'] }));
  expect(
    errorsOf(
      await api.call('POST', '/identity-providers', { body: provider('realm-two', { homeRealms: ['x.example', 'REALM.example'] }) }),
    ),
  ).toEqual([{ path: 'homeRealms[1]', code: 'value.taken', message: 'is a home realm that the identity provider realm-one has already' }]);
});

test('references lead somewhere, and what is named cannot be deleted', async () => {
  await create('/identity-providers', provider('named'));
  expect(
    errorsOf(
      await api.call('POST', '/applications', { body: application('referring', { login: { identityProviders: ['named', 'nobody'] } }) }),
    ),
  ).toMatchObject([{ path: 'login.identityProviders[1]', code: 'reference.unknown' }]);
  expect(
    errorsOf(await api.call('POST', '/identity-providers', { body: provider('lost', { jit: { userStore: 'NOWHERE' } }) })),
  ).toMatchObject([{ path: 'jit.userStore', code: 'reference.unknown' }]);
  await create('/applications', application('referring', { login: { identityProviders: ['named'] } }));
  const refused = await api.call('DELETE', '/identity-providers/named', { ifMatch: '*' });
  expect(refused).toMatchObject({
    status: 409,
    body: { code: 'reference.inUse', detail: expect.stringContaining('application referring') },
  });
  await api.call('PATCH', '/applications/referring', { body: { login: { identityProviders: [] } }, ifMatch: '*' });
  expect(await api.call('DELETE', '/identity-providers/named', { ifMatch: '*' })).toMatchObject({ status: 204 });
});

test.each([
  ['/identity-providers', provider('timed')],
  ['/applications', application('timed')],
  ['/user-stores', { domain: 'TIMED', type: 'sql' }],
])('%s tells times as text', async (path, body) => {
  const before = Date.now();
  const created = await create(path, body);
  const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  expect(created.body).toMatchObject({ createdAt: time, updatedAt: time });
  const { createdAt } = Object(created.body) as { createdAt: string };
  expect(Date.parse(createdAt)).toBeGreaterThanOrEqual(before);
  expect(Date.parse(createdAt)).toBeLessThanOrEqual(Date.now());
  const list = await api.call('GET', `${path}?sort=-createdAt&limit=1`);
  expect(list.body).toMatchObject({ items: [created.body] });
});

test('a secret is written, kept, replaced, and never read', async () => {
  const applications = api.app.get(Applications);
  await create('/applications', application('secretive'));
  const secret = () => applications.byName('secretive')?.oidc.clientSecret;
  await api.call('PATCH', '/applications/secretive', { body: { oidc: { clientSecret: 'another secret' } }, ifMatch: '*' });
  expect(secret()).toBe('another secret');
  const full = await api.call('GET', '/applications/secretive');
  expect(JSON.stringify(full.body)).not.toContain('another secret');
  const { id: _id, createdAt: _created, updatedAt: _updated, ...settings } = Object(full.body) as Record<string, unknown>;
  expect(
    await api.call('PATCH', '/applications/secretive', { body: { ...settings, displayName: 'Kept' }, ifMatch: etag(full) }),
  ).toMatchObject({ status: 200 });
  expect(secret()).toBe('another secret');
  expect(
    errorsOf(
      await api.call('POST', '/applications', {
        body: { ...application('masked'), oidc: { ...application('masked').oidc, clientSecret: '***' } },
      }),
    ),
  ).toMatchObject([{ path: 'oidc.clientSecret', code: 'secret.missing' }]);
  expect(
    errorsOf(await api.call('PATCH', '/applications/secretive', { body: { oidc: { clientAuthentication: 'none' } }, ifMatch: '*' })),
  ).toMatchObject([{ path: 'oidc.clientSecret', code: 'value.unused' }]);
});

test.each(['identity-providers', 'applications', 'user-stores', 'consent-purposes'])(
  'its scopes guard every route of %s',
  async (resource) => {
    const scopes = [`${resource}:read`, `${resource}:write`];
    const others = adminScopes.filter((scope) => ![...scopes, 'admin'].includes(scope)).join(' ');
    const status = async (method: string, path: string, as: string) =>
      (await api.call(method, path, { as, ...(method !== 'GET' && { body: {}, ifMatch: '*' }) })).status;
    for (const [method, path, ...answers] of [
      ['GET', `/${resource}`, 200, 200],
      ['GET', `/${resource}/nobody`, 404, 404],
      ['POST', `/${resource}`, 403, 400],
      ['PATCH', `/${resource}/nobody`, 403, 404],
      ['DELETE', `/${resource}/nobody`, 403, 404],
    ] as const) {
      expect(await Promise.all(['', 'bad', others, ...scopes].map((as) => status(method, path, as)))).toEqual([401, 401, 403, ...answers]);
    }
  },
);

test('trust needs admin', async () => {
  await create('/identity-providers', provider('guarded'));
  const write = 'identity-providers:write';
  expect(await api.call('PATCH', '/identity-providers/guarded', { as: write, ifMatch: '*', body: { displayName: 'Fine' } })).toMatchObject({
    status: 200,
  });
  for (const body of [
    { oidc: { issuer: 'https://evil.example' } },
    { jit: { trustedDomains: ['acme.example'] } },
    { oidc: { clientAuthentication: 'private_key_jwt', clientSecret: null, privateKey: newKey() } },
  ]) {
    expect(await api.call('PATCH', '/identity-providers/guarded', { as: write, ifMatch: '*', body })).toMatchObject({
      status: 403,
      body: { code: 'scope.missing' },
    });
    expect(await api.call('PATCH', '/identity-providers/guarded', { ifMatch: '*', body })).toMatchObject({ status: 200 });
  }
  expect(
    await api.call('POST', '/identity-providers', { as: write, body: provider('trusted', { jit: { trustedDomains: ['a.example'] } }) }),
  ).toMatchObject({ status: 403 });
  expect(await api.call('POST', '/identity-providers', { as: write, body: provider('plain') })).toMatchObject({ status: 201 });
});

test('what an identity provider may link and grant needs admin, at its creation and at each change', async () => {
  const write = 'identity-providers:write';
  const owners = { claims: { roles: 'groups' }, roles: { mappings: [{ remote: 'foyer-admins', local: 'owner' }] } };
  const proof = { jit: { linking: { existing: 'prove-ownership' } } };
  for (const more of [owners, proof, { roles: { revoke: 'all' } }]) {
    const refused = await api.call('POST', '/identity-providers', { as: write, body: provider('climbing', more) });
    expect(refused).toMatchObject({ status: 403, body: { code: 'scope.missing' } });
  }
  await create('/identity-providers', provider('climbing', proof));
  const change = (body: object, as = write): Promise<Answer> =>
    api.call('PATCH', '/identity-providers/climbing', { as, ifMatch: '*', body });
  for (const body of [owners, { jit: { linking: { match: [{ attribute: 'username', claim: 'nick' }] } } }, { jit: { linking: null } }]) {
    expect(await change(body)).toMatchObject({ status: 403, body: { code: 'scope.missing' } });
  }
  expect(await change({ claims: { roles: 'groups' }, roles: { mappings: [{ remote: 'x', local: 'y' }] } })).toMatchObject({ status: 200 });
  expect(await change(owners, 'admin')).toMatchObject({ status: 200 });
  expect(await change({ claims: { roles: 'nickname' } })).toMatchObject({ status: 403 });
  expect(await change({ roles: { mappings: [] } })).toMatchObject({ status: 403 });
});

test('what database a user store connects to needs admin', async () => {
  const write = 'user-stores:write';
  const sql = { url: 'mysql://foyer@db.example/corp', password: 'of the database' };
  const body = { domain: 'CONNECTED', type: 'sql', sql };
  const refused = { status: 403, body: { code: 'scope.missing' } };
  expect(await api.call('POST', '/user-stores', { as: write, body })).toMatchObject(refused);
  expect(await api.call('POST', '/user-stores', { as: write, body: { domain: 'PLAIN', type: 'sql' } })).toMatchObject({ status: 201 });
  await create('/user-stores', body);
  const change = (change: object): Promise<Answer> =>
    api.call('PATCH', '/user-stores/connected', { as: write, ifMatch: '*', body: change });
  for (const elsewhere of [{ sql: { url: 'mysql://foyer@db.evil.example/corp' } }, { sql: { password: 'another' } }, { sql: null }]) {
    expect(await change(elsewhere)).toMatchObject(refused);
  }
  expect(await change({ enabled: false })).toMatchObject({ status: 200, body: { enabled: false, sql: { password: '***' } } });
});

test('a store that cannot create accounts is refused when an identity provider wants some there, and only then', async () => {
  await create('/user-stores', { domain: 'FROZEN', type: 'sql', readOnly: true });
  const refused = async (jit: object): Promise<unknown> =>
    errorsOf(await api.call('POST', '/identity-providers', { body: provider('filing', { jit: { enabled: true, ...jit } }) }));
  const fault = { code: 'store.readOnly', message: 'needs a user store in which accounts can be created, and FROZEN is read-only' };
  expect(await refused({ userStore: 'frozen' })).toEqual([{ path: 'jit.userStore', ...fault }]);
  expect(await refused({ userStore: { fromUsername: true, domains: ['PRIMARY', 'FROZEN'] } })).toEqual([
    { path: 'jit.userStore.domains[1]', ...fault },
  ]);
  expect(await refused({ userStore: { fromClaim: 'department', map: { 'R&D': 'frozen' }, otherwise: 'PRIMARY' } })).toEqual([
    { path: 'jit.userStore.map["R&D"]', ...fault },
  ]);
  expect(await refused({ userStore: { fromClaim: 'department', map: { sales: 'NOWHERE' } } })).toMatchObject([
    { path: 'jit.userStore.map.sales', code: 'reference.unknown' },
  ]);

  await create('/identity-providers', provider('filing', { jit: { enabled: false, userStore: 'FROZEN' } }));
  const change = (body: object): Promise<Answer> => api.call('PATCH', '/identity-providers/filing', { ifMatch: '*', body });
  expect(errorsOf(await change({ jit: { enabled: true } }))).toMatchObject([{ path: 'jit.userStore', code: 'store.readOnly' }]);
  const turn = (readOnly: boolean): Promise<Answer> => api.call('PATCH', '/user-stores/FROZEN', { ifMatch: '*', body: { readOnly } });
  expect(await turn(false)).toMatchObject({ status: 200 });
  expect(await change({ jit: { enabled: true } })).toMatchObject({ status: 200 });
  expect(await turn(true)).toMatchObject({ status: 200 });
  expect(await change({ displayName: 'Filing' })).toMatchObject({ status: 200 });
});

test('a store that is missing is told once, wherever it is named', async () => {
  const settings = {
    claims: { roles: 'groups' },
    roles: { mappings: [{ remote: 'x', group: 'staff' }] },
    jit: { enabled: true, userStore: 'GONE', prompt: 'password+consent' },
  };
  expect(errorsOf(await api.call('POST', '/identity-providers', { body: provider('orphan', settings) }))).toMatchObject([
    { path: 'jit.userStore', code: 'reference.unknown' },
  ]);
});

test('an application gets no power over Foyer from somebody who lacks it, nor can they change one that has it', async () => {
  const write = 'applications:write';
  const withScopes = (name: string, ...scopes: string[]) => {
    const { oidc } = application(name);
    return { ...application(name), oidc: { ...oidc, resources: [{ uri: 'http://localhost:8080/api/v1', scopes }] } };
  };
  for (const scopes of [['admin'], ['users:read'], ['applications:write', 'unknown']]) {
    expect(await api.call('POST', '/applications', { as: write, body: withScopes('climber', ...scopes) })).toMatchObject({
      status: 403,
      body: { code: 'scope.notHeld' },
    });
  }
  await create('/applications', application('climber'));
  const { oidc } = withScopes('climber', 'admin');
  expect(await api.call('PATCH', '/applications/climber', { as: write, ifMatch: '*', body: { oidc } })).toMatchObject({ status: 403 });
  expect(await api.call('POST', '/applications', { as: write, body: withScopes('equal', 'applications:read') })).toMatchObject({
    status: 201,
  });

  await create('/applications', withScopes('powerful', 'users:write'));
  for (const body of [{ oidc: { clientSecret: 'mine from now on' } }, { oidc: { resources: [] } }, { enabled: false }]) {
    expect(await api.call('PATCH', '/applications/powerful', { as: write, ifMatch: '*', body })).toMatchObject({
      status: 403,
      body: { code: 'holder.privileged' },
    });
  }
  expect(await api.call('DELETE', '/applications/powerful', { as: write, ifMatch: '*' })).toMatchObject({ status: 403 });
  expect(await api.call('DELETE', '/applications/powerful', { as: `${write} users:write`, ifMatch: '*' })).toMatchObject({ status: 204 });
});

test('lists page, sort and filter in the database', async () => {
  for (const name of ['list-c', 'list-a', 'list-b'])
    await create('/applications', application(name, { displayName: 'Listed', enabled: name !== 'list-b' }));
  const names = ({ body }: Answer): unknown[] => (Object(body) as { items: { name: string }[] }).items.map(({ name }) => name);
  const first = await api.call('GET', '/applications?displayName=Listed&limit=2&sort=-name');
  expect(first).toMatchObject({ status: 200, body: { total: 3 } });
  expect(names(first)).toEqual(['list-c', 'list-b']);
  const cursor = String(Reflect.get(Object(first.body) as object, 'nextCursor'));
  const second = await api.call('GET', `/applications?displayName=Listed&limit=2&sort=-name&cursor=${encodeURIComponent(cursor)}`);
  expect(names(second)).toEqual(['list-a']);
  expect(second.body).toMatchObject({ nextCursor: null, items: [{ oidc: { clientSecret: '***' } }] });
  expect(names(await api.call('GET', '/applications?clientId=client-list-b'))).toEqual(['list-b']);
  expect(names(await api.call('GET', '/applications?displayName=Listed&enabled=false'))).toEqual(['list-b']);
  expect(await api.call('GET', '/applications?colour=red')).toMatchObject({
    status: 400,
    body: { errors: [{ path: 'colour', code: 'key.unknown' }] },
  });
});

test.each<[string, unknown, string]>([
  ['no JSON', '{', 'body.malformed'],
  ['not UTF-8', Buffer.from('{"name":"\xff"}', 'latin1'), 'body.encoding'],
  ['a list', [], 'input.invalid'],
  ['nothing', {}, 'input.invalid'],
])('a body that is %s is refused', async (_, body, code) => {
  expect(await api.call('POST', '/applications', { body })).toMatchObject({ status: 400, body: { code } });
});

test('a patch that nests without end, or pollutes, is refused', async () => {
  await create('/applications', application('patched'));
  const deep = `${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}`;
  expect(await api.call('PATCH', '/applications/patched', { body: deep, ifMatch: '*' })).toMatchObject({ status: 400 });
  expect(await api.call('POST', '/applications', { body: deep })).toMatchObject({ status: 400 });
  expect(
    errorsOf(await api.call('PATCH', '/applications/patched', { body: '{"__proto__":{"enabled":false}}', ifMatch: '*' })),
  ).toMatchObject([{ path: '__proto__', code: 'key.unknown' }]);
});

test('OpenAPI knows every field', () => {
  const { paths, components } = SwaggerModule.createDocument(api.app, new DocumentBuilder().build());
  expect(Object.keys(paths['/api/v1/identity-providers/{name}'] ?? {}).sort()).toEqual(['delete', 'get', 'patch']);
  expect(Object.keys(paths['/api/v1/applications'] ?? {}).sort()).toEqual(['get', 'post']);
  const properties = (name: string): string[] => Object.keys(Reflect.get(components?.schemas?.[name] ?? {}, 'properties') as object).sort();
  expect(properties('IdentityProviderDto')).toEqual([
    'claims',
    'displayName',
    'enabled',
    'homeRealms',
    'jit',
    'name',
    'oidc',
    'protocol',
    'roles',
    'theme',
  ]);
  expect(properties('StoreFromUsernameDto')).toEqual(['domains', 'fromUsername', 'unknownDomain']);
  expect(properties('StoreFromClaimDto')).toEqual(['domains', 'fromClaim', 'map', 'otherwise']);
  expect(properties('RoleMappingDto')).toEqual(['group', 'local', 'pattern', 'remote']);
  const alternatives = ['StoreFromUsernameDto', 'StoreFromClaimDto'].map((name) => ({ $ref: `#/components/schemas/${name}` }));
  expect(components?.schemas?.['JitSettingsDto']).toMatchObject({
    properties: { userStore: { oneOf: [{ type: 'string', minLength: 1, maxLength: 63 }, ...alternatives], default: 'PRIMARY' } },
  });
  expect(properties('IdentityProviderViewDto')).toEqual(expect.arrayContaining(['id', 'createdAt', 'updatedAt', 'oidc']));
  expect(components?.schemas?.['IdentityProviderViewDto']).toMatchObject({
    properties: { createdAt: { type: 'string', format: 'date-time' }, updatedAt: { type: 'string', format: 'date-time' } },
  });
  expect(JSON.stringify(components)).not.toContain('"#/components/schemas/"');
  expect(properties('OidcClientDto')).toContain('redirectUris');
  expect(components?.schemas?.['OidcProviderSettingsDto']).toMatchObject({
    required: expect.arrayContaining(['issuer', 'clientId']),
    properties: { timeoutMs: { type: 'integer', minimum: 100, maximum: 60_000, default: 5000 } },
  });
});

function newKey(): string {
  return generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
}
