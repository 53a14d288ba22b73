/** By how many ways people come. `acme` keeps accounts in a store elsewhere, `globex` in Foyer's own database. */
export const providers = { acme: 'CORP', globex: 'PRIMARY' } as const;
export type ProviderName = keyof typeof providers;

/** What an account holds in the end. */
export interface Holdings {
  readonly attributes: Readonly<Record<string, unknown>>;
  /** Sorted. */
  readonly roles: readonly string[];
}

const roleOf = { engineering: 'developer', operations: 'operator', sales: 'seller' } as const;

export const roleMappings = Object.entries(roleOf).map(([remote, local]) => ({ remote, local }));
export const attributeMappings = [
  { from: 'given_name', to: 'givenName' },
  { from: 'email', to: 'email' },
  { from: 'locale', to: 'locale', onAbsent: 'clear' },
];

/** `7th login of p12`, as it travels through the identity provider. */
export const hintOf = (person: string, number: number): string => `${person}~${number}`;

export function readHint(hint: string): { readonly person: string; readonly number: number } {
  const [person = '', number = ''] = hint.split('~');
  return { person, number: Number(number) };
}

/** What the identity provider says at somebody's nth login: something else each time, and sometimes less. */
export function claimsOf(person: string, number: number): Readonly<Record<string, unknown>> {
  const groups = Object.keys(roleOf).filter((_, index) => (number >> index) & 1);
  return {
    preferred_username: person,
    given_name: `${person} at ${number}`,
    email: `${person}.${number % 4}@acme.example`,
    ...(number % 3 > 0 && { locale: number % 2 ? 'sv' : 'de' }),
    groups,
  };
}

/** What the account holds after somebody's nth login. */
export function holdingsAfter(person: string, number: number): Holdings {
  const { given_name: givenName, email, locale } = claimsOf(person, number);
  const roles = Object.values(roleOf).filter((_, index) => (number >> index) & 1);
  return { attributes: { givenName, email, ...(locale !== undefined && { locale }) }, roles: roles.toSorted() };
}

/** What became of one login, as the application saw it. Times are of one clock, in milliseconds. */
export interface Attempt {
  readonly provider: ProviderName;
  readonly person: string;
  /** 1 for their first. */
  readonly number: number;
  readonly begunAt: number;
  readonly endedAt: number;
  /** Whom the application was told that it was, if it was answered. */
  readonly sub?: string;
  /** What they are called, as the application was told. */
  readonly heard?: string;
  /** Why it was not answered. */
  readonly failure?: string;
}
