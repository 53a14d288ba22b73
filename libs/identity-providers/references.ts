import { itemPath, keyPath, type SettingsReference } from '@foyer/platform';
import type { IdentityProviderSettings, JitSettings } from './settings.js';
import { namedDomains } from './user-store-choice.dto.js';

/** The objects of other sections that an identity provider names, and what it needs of them. */
export function referencesOf(settings: IdentityProviderSettings): readonly SettingsReference[] {
  return [...storesOf(settings), ...purposesOf(settings.jit)];
}

function storesOf({ jit, roles }: IdentityProviderSettings): SettingsReference[] {
  const to = (name: string, path: string, needs?: string): SettingsReference => ({
    ...{ path, section: 'userStores', name },
    ...(needs !== undefined && jit.enabled && { needs }),
  });
  const { userStore } = jit;
  if (typeof userStore === 'string') {
    const groups = roles.mappings.flatMap(({ group }, index) =>
      group === undefined ? [] : [`roles.${itemPath('mappings', index)}.group`],
    );
    return [
      to(userStore, 'jit.userStore', 'create'),
      ...(jit.prompt.includes('password') ? [to(userStore, 'jit.prompt', 'passwords')] : []),
      ...(jit.linking.existing === 'prove-ownership' ? [to(userStore, 'jit.linking.existing', 'passwords')] : []),
      ...groups.map((path) => to(userStore, path, 'groups')),
    ];
  }
  // A domain is at fault where it is written. Of several stores one may have what another has not: which it is, a login finds out.
  const named = 'fromClaim' in userStore ? namedDomains(userStore) : [];
  return userStore.domains.map((name, index) => {
    const at = named.find((one) => one.name === name)?.at.reduce(keyPath, 'jit.userStore');
    return to(name, at ?? itemPath('jit.userStore.domains', index), 'create');
  });
}

const purposesOf = ({ consentPurposes }: JitSettings): SettingsReference[] =>
  consentPurposes.map((name, index) => ({ path: itemPath('jit.consentPurposes', index), section: 'consentPurposes', name }));
