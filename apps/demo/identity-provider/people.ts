/** Somebody with an account at the demo identity provider. */
export interface Person {
  readonly username: string;
  readonly password: string;
  /** What the provider knows: `sub` stays the same for ever, `preferred_username` is the username. */
  readonly claims: { readonly sub: string; readonly [claim: string]: unknown };
}

interface Profile {
  readonly given: string;
  readonly family: string;
  readonly department: string;
  readonly groups: readonly string[];
  readonly locale: string;
  readonly emailVerified?: boolean;
}

/** A person with the usual claims, who lives at `example.org`. */
export function person(username: string, password: string, profile: Profile): Person {
  const claims = {
    sub: `demo-${username}`,
    preferred_username: username,
    name: `${profile.given} ${profile.family}`,
    given_name: profile.given,
    family_name: profile.family,
    email: `${username}@example.org`,
    email_verified: profile.emailVerified ?? true,
    department: profile.department,
    groups: profile.groups,
    locale: profile.locale,
  };
  return { username, password, claims };
}

/** Who can log in at the demo. The passwords are printed and shown on the login page. */
export const people: readonly Person[] = [
  person('anna', 'anna-pass', {
    given: 'Anna',
    family: 'Lindqvist',
    department: 'engineering',
    groups: ['engineering', 'staff'],
    locale: 'sv-SE',
  }),
  person('ben', 'ben-pass', { given: 'Ben', family: 'Okafor', department: 'sales', groups: ['sales', 'staff'], locale: 'en-GB' }),
  person('chloe', 'chloe-pass', {
    given: 'Chloé',
    family: 'Dubois',
    department: 'finance',
    groups: ['finance', 'staff', 'managers'],
    locale: 'fr-FR',
  }),
  person('dmitri', 'dmitri-pass', {
    given: 'Дмитрий',
    family: 'Волков',
    department: 'support',
    groups: ['support'],
    locale: 'ru-RU',
    emailVerified: false,
  }),
  person('yuki', 'yuki-pass', {
    given: '由紀',
    family: '田中',
    department: 'engineering',
    groups: ['engineering', 'contractors'],
    locale: 'ja-JP',
  }),
];
