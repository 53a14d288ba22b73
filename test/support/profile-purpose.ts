import type { ConfiguredPurpose } from '@foyer/consent';
import type { Answers } from '@foyer/provisioning';
import { newId } from '@foyer/platform';

/** A purpose for the attributes that `acme` maps: the e-mail address has to be agreed to, the name need not. */
export const profilePurpose: ConfiguredPurpose = {
  ...{ id: newId(), name: 'profile', version: 1, builtIn: false, notice: newId(), title: { en: 'Profile' }, text: { en: 'Why' } },
  ...{ sharedWith: [], everyIdentityProvider: false },
  attributes: [
    { name: 'email', mandatory: true },
    { name: 'givenName', mandatory: false },
  ],
};

/** What a person answers who is asked for it. */
export const agree = (accepted: readonly string[], version = 1): NonNullable<Answers['consent']> => [
  { purpose: profilePurpose.name, version, offered: ['email', 'givenName'], accepted },
];
