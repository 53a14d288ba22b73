import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { Injectable, Module } from '@nestjs/common';
import {
  ApplicationConsents,
  CONSENT_REVOKER,
  ConsentBurial,
  ConsentExport,
  ConsentModule,
  ConsentPurposes,
  ConsentRevocationModule,
  ReceiptRevocation,
  Receipts,
  type ConsentRevoker,
  type NewConsentReceipt,
} from '@foyer/consent';
import { Database, newId } from '@foyer/platform';
import { testDatabase } from '../support/mariadb.js';
import { ownerId, startSettingsApi, type Answer, type SettingsApi } from '../support/settings-api.js';

const now = 1_760_000_000_000;
const given = '2025-10-09T08:53:20.000Z';

/** What provisioning does besides, to the account, is not looked at here. */
@Injectable()
class RevokerOfReceipts implements ConsentRevoker {
  constructor(
    private readonly database: Database,
    private readonly receipts: Receipts,
  ) {}

  async revoke(id: string): Promise<void> {
    await this.database.transaction((tx) => this.receipts.revoke(tx, id, now + 1000));
  }
}

@Module({
  imports: [ConsentModule],
  providers: [RevokerOfReceipts, { provide: CONSENT_REVOKER, useExisting: RevokerOfReceipts }],
  exports: [CONSENT_REVOKER],
})
class RevokerModule {}

const databases = [
  { title: 'SQLite', env: async () => ({}) },
  { title: 'MariaDB', env: async () => ({ FOYER_DATABASE_URL: (await testDatabase()).url }) },
];

describe.each(databases)('consent on $title', ({ env }) => {
  let api: SettingsApi;
  let database: Database;
  let receipts: Receipts;
  let applications: ApplicationConsents;
  let userId: string;
  beforeAll(async () => {
    api = await startSettingsApi(await env(), [ConsentModule, ConsentRevocationModule.forRoot([RevokerModule])]);
    database = api.app.get(Database);
    receipts = api.app.get(Receipts, { strict: false });
    applications = api.app.get(ApplicationConsents, { strict: false });
    const created = await api.call('POST', '/consent-purposes', { body: purpose });
    if (created.status !== 201) throw new Error(`The purpose was not created: ${created.status}`);
  });
  afterAll(() => api.close());
  beforeEach(() => {
    userId = newId();
  });

  const purpose = {
    name: 'profile',
    title: { en: 'Profile', de: 'Profil' },
    text: { en: 'Why we keep it.' },
    retention: { en: 'For a year.' },
    sharedWith: ['Payroll Ltd'],
    attributes: [{ name: 'email', mandatory: true }, { name: 'nickname' }],
  };
  const record = async (more: Partial<NewConsentReceipt> = {}): Promise<NewConsentReceipt> => {
    const { id: purposeId = '', notice = '' } = api.app.get(ConsentPurposes, { strict: false }).byName('profile') ?? {};
    const receipt: NewConsentReceipt = {
      ...{ id: newId(), userId, purposeId, purpose: 'profile', version: 1, notice, identityProviderId: newId(), identityProvider: 'acme' },
      ...{ loginId: newId(), language: 'de-AT', accepted: ['email'], refused: ['nickname'], state: 'accepted', givenAt: now },
      ...more,
    };
    await database.transaction((tx) => receipts.record(tx, [receipt]));
    return receipt;
  };
  const current = async (): Promise<string[]> => (await receipts.current(database.read, userId)).map(({ id }) => id).sort();
  const list = async (query: string): Promise<unknown> => {
    const { status, body } = await api.call('GET', `/consent-receipts?userId=${userId}${query}`);
    expect(status).toBe(200);
    return body;
  };
  const revoke = (id: string, as = 'admin', ifMatch?: string): Promise<Answer> =>
    api.call('POST', `/consent-receipts/${id}/revoke`, { as, ...(ifMatch !== undefined && { ifMatch }) });

  test('the latest receipt of each purpose is current, also of two in one millisecond', async () => {
    const old = await record({ givenAt: now - 5 });
    const [first, second] = [newId(), newId()].sort();
    const late = await record({ id: second ?? '', accepted: ['email', 'nickname'], refused: [] });
    await record({ id: first ?? '' });
    const other = await record({ purposeId: newId(), purpose: 'news', givenAt: now - 9 });
    await record({ userId: newId(), givenAt: now + 5 });
    expect(await current()).toEqual([other.id, late.id].sort());
    const latest = await receipts.current(database.read, userId);
    expect(latest).toContainEqual({
      ...{ id: late.id, purposeId: late.purposeId, purpose: 'profile', version: 1, state: 'accepted', givenAt: now },
      ...{ accepted: ['email', 'nickname'], refused: [] },
    });
    expect((await receipts.ofUser(database.read, userId)).map(({ id }) => id)).toEqual([other.id, old.id, first, second]);
  });

  test('a receipt is recorded once, however often that is done, and revoked once', async () => {
    const receipt = await record();
    await record({ id: receipt.id, accepted: [], state: 'refused' });
    expect(await receipts.get(database.read, receipt.id)).toEqual({ ...receipt, revokedAt: null });
    const revoking = (at: number): Promise<boolean> => database.transaction((tx) => receipts.revoke(tx, receipt.id, at));
    expect(await revoking(now + 1)).toBe(true);
    expect(await revoking(now + 2)).toBe(false);
    expect(await receipts.get(database.read, receipt.id)).toEqual({ ...receipt, state: 'revoked', revokedAt: now + 1 });
    const refused = await record({ state: 'refused' });
    expect(await database.transaction((tx) => receipts.revoke(tx, refused.id, now))).toBe(false);
  });

  test('the list is filtered, newest first, and paged', async () => {
    const first = await record();
    const second = await record({ givenAt: now + 1, state: 'refused', identityProvider: 'other' });
    const third = await record({ givenAt: now + 2, purpose: 'news' });
    expect(await list('')).toMatchObject({ total: 3, items: [{ id: third.id }, { id: second.id }, { id: first.id }], nextCursor: null });
    expect(await list('&sort=givenAt&limit=1')).toMatchObject({ total: 3, items: [{ id: first.id }], nextCursor: expect.any(String) });
    expect(await list('&state=refused')).toMatchObject({ total: 1, items: [{ id: second.id }] });
    expect(await list('&identityProvider=other')).toMatchObject({ total: 1, items: [{ id: second.id }] });
    expect(await list('&purpose=news')).toMatchObject({ total: 1, items: [{ id: third.id }] });
    expect(await list(`&givenBefore=${now + 1}`)).toMatchObject({
      items: [
        {
          ...{ id: first.id, userId, purpose: 'profile', version: 1, identityProvider: 'acme', loginId: first.loginId, language: 'de-AT' },
          ...{ accepted: ['email'], refused: ['nickname'], state: 'accepted', givenAt: given, revokedAt: null },
        },
      ],
    });
    expect((await api.call('GET', '/consent-receipts?accepted=email')).status).toBe(400);
  });

  test('a receipt is exported with the texts that its person read, whatever the purpose says now', async () => {
    const receipt = await record();
    const changed = await api.call('PATCH', '/consent-purposes/profile', { ifMatch: '*', body: { title: { de: 'Neu' }, sharedWith: [] } });
    expect(changed).toMatchObject({ status: 200, body: { version: 1 } });
    const later = await record({ language: 'en' });
    const { body, headers } = await api.call('GET', `/consent-receipts/${receipt.id}`);
    expect(headers.get('etag')).toBe(`"${receipt.id}.1"`);
    expect(body).toEqual({
      ...{ consentReceiptID: receipt.id, consentTimestamp: given, collectionMethod: 'login', language: 'de-AT', piiPrincipalId: userId },
      ...{ issuer: 'http://localhost:8080', loginId: receipt.loginId, state: 'accepted', revokedAt: null },
      services: [
        {
          service: 'acme',
          purposes: [
            {
              ...{ purpose: 'profile', version: 1, title: 'Profil', text: 'Why we keep it.', termination: 'For a year.' },
              ...{ consentType: 'EXPLICIT', piiCategory: ['email'], refused: ['nickname'], mandatory: ['email'] },
              ...{ thirdPartyDisclosure: true, thirdPartyName: ['Payroll Ltd'] },
            },
          ],
        },
      ],
    });
    const exported = await api.call('GET', `/consent-receipts/${later.id}`);
    expect(exported.body).toMatchObject({
      services: [{ purposes: [{ title: 'Profile', thirdPartyDisclosure: false, thirdPartyName: [] }] }],
    });
    expect((await api.call('GET', `/consent-receipts/${newId()}`)).body).toMatchObject({ status: 404, code: 'receipt.notFound' });
  });

  test('a receipt for the built-in purpose says what Foyer says in the language of the page', async () => {
    const { id } = await record({ purpose: 'foyer-account', notice: null, accepted: ['email', 'nickname'], refused: [] });
    expect((await api.call('GET', `/consent-receipts/${id}`)).body).toMatchObject({
      services: [
        {
          purposes: [
            {
              ...{ purpose: 'foyer-account', title: 'Ihr Konto hier', text: expect.stringMatching(/Identitätsanbieter/) },
              ...{ piiCategory: ['email', 'nickname'], mandatory: ['email', 'nickname'], termination: expect.any(String) },
            },
          ],
        },
      ],
    });
  });

  test('a receipt is revoked as the caller knows it, once', async () => {
    const { id } = await record();
    expect((await revoke(id)).status).toBe(428);
    expect((await revoke(id, 'admin', `"${id}.2"`)).status).toBe(412);
    const revoked = await revoke(id, 'consent-receipts:write', `"${id}.1"`);
    expect(revoked).toMatchObject({ status: 200, body: { consentReceiptID: id, state: 'revoked', revokedAt: '2025-10-09T08:53:21.000Z' } });
    expect(revoked.headers.get('etag')).toBe(`"${id}.2"`);
    expect((await revoke(id, 'admin', `"${id}.1"`)).status).toBe(412);
    expect(await revoke(id, 'admin', '*')).toMatchObject({ status: 200, body: { revokedAt: '2025-10-09T08:53:21.000Z' } });
    expect((await revoke(newId(), 'admin', '*')).body).toMatchObject({ status: 404, code: 'receipt.notFound' });
  });

  test('what was refused or replaced cannot be revoked', async () => {
    const old = await record({ givenAt: now - 1 });
    const refused = await record({ state: 'refused' });
    expect((await revoke(old.id, 'admin', '*')).body).toMatchObject({ status: 409, code: 'receipt.superseded' });
    expect((await revoke(refused.id, 'admin', '*')).body).toMatchObject({ status: 409, code: 'receipt.refused' });
  });

  test('scopes guard purposes and receipts; who may do everything is changed by nobody who may not', async () => {
    const { id } = await record({ userId: ownerId });
    const status = async (method: string, path: string, as: string): Promise<number> =>
      (await api.call(method, path, { as, ifMatch: '"x"' })).status;
    expect(await status('GET', '/consent-receipts', 'consent-purposes:write')).toBe(403);
    expect(await status('GET', '/consent-receipts', 'consent-receipts:write')).toBe(200);
    expect(await status('POST', `/consent-receipts/${id}/revoke`, 'consent-receipts:read')).toBe(403);
    expect(await status('GET', '/consent-purposes', 'consent-receipts:write')).toBe(403);
    expect(await status('DELETE', '/consent-purposes/profile', 'consent-purposes:read')).toBe(403);
    expect(await status('GET', '/consent-receipts', '')).toBe(401);
    expect((await revoke(id, 'consent-receipts:write', '*')).body).toMatchObject({ status: 403, code: 'holder.privileged' });
    expect((await revoke(id, 'admin', '*')).status).toBe(200);
  });

  test('a person revokes their own receipts and nobody else’s', async () => {
    const { id } = await record();
    const revocation = api.app.get(ReceiptRevocation, { strict: false });
    await expect(revocation.revoke(id, { kind: 'person', subject: newId() })).rejects.toMatchObject({ code: 'receipt.notFound' });
    expect(await revocation.revoke(id, { kind: 'person', subject: userId })).toMatchObject({ id, state: 'revoked' });
  });

  test('purposes are created, read, changed with a version that never goes down, listed and deleted', async () => {
    const body = { ...purpose, name: 'short', version: 3 };
    expect(await api.call('POST', '/consent-purposes', { body })).toMatchObject({ status: 201, body: { ...body, id: expect.any(String) } });
    const read = await api.call('GET', '/consent-purposes/short');
    const ifMatch = read.headers.get('etag') ?? '';
    const lower = await api.call('PATCH', '/consent-purposes/short', { ifMatch, body: { version: 2 } });
    expect(lower.body).toMatchObject({ status: 400, errors: [{ path: 'version', code: 'purpose.version.lower' }] });
    expect(await api.call('PATCH', '/consent-purposes/short', { ifMatch, body: { version: 4 } })).toMatchObject({ body: { version: 4 } });
    expect(await api.call('GET', '/consent-purposes?name=short')).toMatchObject({ body: { total: 1, items: [{ version: 4 }] } });
    expect((await api.call('DELETE', '/consent-purposes/short', { ifMatch: '*' })).status).toBe(204);
  });

  const grant = (claims: string[], at: number, applicationId = 'intranet-id'): Promise<void> =>
    database.transaction((tx) =>
      applications.grant(tx, { subject: userId, applicationId, application: applicationId.slice(0, -3), claims }, at),
    );
  const covers = async (...claims: string[]): Promise<boolean> => {
    const granted = await applications.granted(database.read, userId, 'intranet-id');
    return granted !== undefined && claims.every((claim) => granted.includes(claim));
  };

  test('an application learns what was granted, together, until that is taken back', async () => {
    expect(await covers()).toBe(false);
    await grant(['email'], now);
    expect([await covers('email'), await covers(), await covers('email', 'roles')]).toEqual([true, true, false]);
    await grant(['roles'], now + 1);
    await grant(['roles'], now + 1, 'desk-id');
    expect(await covers('email', 'roles')).toBe(true);
    expect(await applications.listOf(database.read, userId)).toMatchObject([
      { application: 'desk', claims: ['roles'] },
      { application: 'intranet', claims: ['email', 'roles'], givenAt: now + 1, revokedAt: null },
    ]);
    const takeBack = (): Promise<boolean> => database.transaction((tx) => applications.revoke(tx, userId, 'intranet-id', now + 2));
    expect([await takeBack(), await takeBack()]).toEqual([true, false]);
    expect(await covers('email')).toBe(false);
    expect(await applications.listOf(database.read, userId)).toMatchObject([{ application: 'desk' }]);
    await grant(['locale'], now + 3);
    expect([await covers('locale'), await covers('email')]).toEqual([true, false]);
  });

  test('everything about a person is exported with its history, and goes with the person', async () => {
    const receipt = await record();
    await grant(['email'], now);
    await database.transaction((tx) => applications.revoke(tx, userId, 'intranet-id', now + 1000));
    const exported = api.app.get(ConsentExport, { strict: false });
    expect(await exported.consentExport(userId)).toMatchObject({
      receipts: [{ consentReceiptID: receipt.id, services: [{ service: 'acme' }] }],
      applications: [{ application: 'intranet', claims: ['email'], givenAt: given, revokedAt: '2025-10-09T08:53:21.000Z' }],
    });
    const burial = api.app.get(ConsentBurial, { strict: false });
    await database.transaction((tx) => burial.removed(tx, userId));
    expect(await exported.consentExport(userId)).toEqual({ receipts: [], applications: [] });
  });
});
