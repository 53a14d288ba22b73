import { expect, test } from '@jest/globals';
import { faultLines, provider, providerFaults } from '../../test/support/provider-settings.js';

const withRoles = (roles: object): object => ({ ...provider, claims: { roles: 'groups' }, roles });
const mapping = (...mappings: unknown[]): object => withRoles({ mappings });
const many = <T>(count: number, item: (n: number) => T): T[] => Array.from({ length: count }, (_, n) => item(n));
const long = (length: number): string => 'a'.repeat(length);
const developer = { remote: 'engineering', local: 'developer' };

test.each<[string, object]>([
  [
    'one role, several, and what a pattern captures',
    mapping(developer, { remote: ['a', 'b'], group: 'staff' }, { pattern: '(x)(.+)', local: 'team $2 $1' }),
  ],
  ['a privileged role by name', mapping({ remote: 'foyer-admins', local: 'owner' }, { remote: ['a', 'b'], local: 'foyer:users:read' })],
  ['a name of any letters', mapping({ remote: 'Ingénieur', local: 'Entwickler für Ä' })],
  ['a dollar that is one', mapping({ remote: 'rich', local: 'makes $1' }, { pattern: '.*', local: 'makes $' })],
  ['default roles, and roles that are never granted', withRoles({ default: ['member'], never: ['owner', 'foyer:admin'] })],
  ['every choice', withRoles({ unmapped: 'same-name', revoke: 'all' })],
  ['default roles without a claim of roles', { ...provider, roles: { default: ['member'], revoke: 'never' } }],
])('accepted: %s', (_, input) => {
  expect(faultLines(input)).toEqual([]);
});

test.each<[string, object, string, string?]>([
  ['mappings that are no list', withRoles({ mappings: { engineering: 'developer' } }), 'roles.mappings type.wrong'],
  ['a mapping that is none', mapping('engineering'), 'roles.mappings[0] type.wrong'],
  ['a mapping of nothing', mapping(developer, { local: 'developer' }), 'roles.mappings[1] value.missing', 'remote or pattern'],
  ['a mapping to nothing', mapping({ remote: 'engineering' }), 'roles.mappings[0] value.missing', 'local or group'],
  ['a mapping of two kinds', mapping({ ...developer, pattern: '.*' }), 'roles.mappings[0].remote value.invalid', 'pattern'],
  ['a mapping to two things', mapping({ ...developer, group: 'staff' }), 'roles.mappings[0].local value.invalid', 'group'],
  ['an unknown key', mapping({ ...developer, when: 'always' }), 'roles.mappings[0].when key.unknown'],
  ['a remote role of another type', mapping({ remote: 5, local: 'x' }), 'roles.mappings[0].remote value.invalid'],
  ['an empty remote role', mapping({ remote: '', local: 'x' }), 'roles.mappings[0].remote value.invalid'],
  ['a list of no remote roles', mapping({ remote: [], local: 'x' }), 'roles.mappings[0].remote value.invalid'],
  ['a long list of remote roles', mapping({ remote: many(201, String), local: 'x' }), 'roles.mappings[0].remote value.invalid'],
  ['a remote role that is too long', mapping({ remote: long(513), local: 'x' }), 'roles.mappings[0].remote value.invalid'],
  ['a local role that is too long', mapping({ remote: 'x', local: long(256) }), 'roles.mappings[0].local value.tooLong'],
  ['a local role that cannot be seen', mapping({ remote: 'x', local: 'admin\u200b' }), 'roles.mappings[0].local value.invalid'],
  ['a group with a space at its end', mapping({ remote: 'x', group: 'staff ' }), 'roles.mappings[0].group value.invalid'],
  ['a pattern that is none', mapping({ pattern: '(a', local: 'x' }), 'roles.mappings[0].pattern pattern.invalid'],
  ['a pattern that looks around', mapping({ pattern: '(?=a)b', local: 'x' }), 'roles.mappings[0].pattern pattern.invalid'],
  ['a pattern that is too long', mapping({ pattern: long(1001), local: 'x' }), 'roles.mappings[0].pattern value.tooLong'],
  ['a capture that there is not', mapping({ pattern: 'team-(.+)', local: 'x-$2' }), 'roles.mappings[0].local pattern.noSuchGroup'],
  ['a capture for a group that there is not', mapping({ pattern: '(?:a)', group: '$1' }), 'roles.mappings[0].group pattern.noSuchGroup'],
  [
    'a privileged role by pattern',
    mapping({ pattern: 'admins-.*', local: 'owner' }),
    'roles.mappings[0].local role.privileged',
    'never by a pattern',
  ],
  ['a privileged role put together', mapping({ pattern: 'x-(.+)', local: 'Foyer:$1' }), 'roles.mappings[0].local role.privileged'],
  [
    'a role that only looks privileged',
    mapping({ remote: 'foyer-admins', local: 'Owner' }),
    'roles.mappings[0].local role.privileged',
    'only looks like a privileged role',
  ],
  [
    'one in wide letters',
    mapping({ remote: 'foyer-admins', local: 'ＯＷＮＥＲ' }),
    'roles.mappings[0].local role.privileged',
    'looks like',
  ],
  ['a scope in capitals', mapping({ remote: ['a'], local: 'foyer:Users:read' }), 'roles.mappings[0].local role.privileged', 'looks like'],
  [
    'a privileged role in wide letters by pattern',
    mapping({ pattern: '.*', local: 'ｏｗｎｅｒ' }),
    'roles.mappings[0].local role.privileged',
  ],
  ['a privileged role in wide letters for everybody', withRoles({ default: ['ＯＷＮＥＲ'] }), 'roles.default[0] role.privileged'],
  [
    'a privileged role for everybody',
    withRoles({ default: ['member', 'OWNER'] }),
    'roles.default[1] role.privileged',
    'never to everybody',
  ],
  ['a default role that is never granted', withRoles({ default: ['member'], never: ['member'] }), 'roles.default[0] setting.contradicts'],
  ['too many mappings', mapping(...many(201, (n) => ({ remote: `r${n}`, local: 'x' }))), 'roles.mappings value.tooLong'],
  ['too many patterns', mapping(...many(51, (n) => ({ pattern: `r${n}`, local: 'x' }))), 'roles.mappings value.tooLong'],
  ['too many default roles', withRoles({ default: many(51, (n) => `r${n}`) }), 'roles.default value.tooLong'],
  ['too many roles that are never granted', withRoles({ never: many(201, (n) => `r${n}`) }), 'roles.never value.tooLong'],
  ['a role twice', withRoles({ default: ['a', 'a'] }), 'roles.default value.duplicate'],
  ['an unknown rest', withRoles({ unmapped: 'keep' }), 'roles.unmapped value.notOneOf'],
  ['an unknown revocation', withRoles({ revoke: 'always' }), 'roles.revoke value.notOneOf'],
  ['mappings of no claim', { ...provider, roles: { mappings: [developer] } }, 'roles.mappings setting.contradicts', 'claims.roles'],
  ['the same names of no claim', { ...provider, roles: { unmapped: 'same-name' } }, 'roles.unmapped setting.contradicts', 'claims.roles'],
])('refused: %s', (...[, input, fault, reason]) => {
  expect(faultLines(input)).toEqual([fault]);
  if (reason !== undefined) expect(providerFaults(input)[0]?.message).toContain(reason);
});
