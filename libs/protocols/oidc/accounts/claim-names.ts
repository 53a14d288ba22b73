/** Local attributes by their OIDC names (OpenID Connect Core §5.1). Any other attribute keeps its own name. */
const oidcNames: Readonly<Record<string, string>> = {
  username: 'preferred_username',
  displayName: 'name',
  givenName: 'given_name',
  middleName: 'middle_name',
  familyName: 'family_name',
  nickName: 'nickname',
  profileUrl: 'profile',
  emailVerified: 'email_verified',
  phoneNumber: 'phone_number',
  phoneNumberVerified: 'phone_number_verified',
  updatedAt: 'updated_at',
};

/** The name of a local attribute towards applications. */
export const claimNameOf = (attribute: string): string =>
  Object.hasOwn(oidcNames, attribute) ? (oidcNames[attribute] ?? attribute) : attribute;

const localNames: ReadonlyMap<string, string> = new Map(Object.entries(oidcNames).map(([local, claim]) => [claim, local]));

/** The local name of a claim. */
export const factNameOf = (claim: string): string => localNames.get(claim) ?? claim;

/** The claims that a scope covers (OpenID Connect Core §5.4). */
export const scopeClaims = {
  profile: [
    ...['name', 'family_name', 'given_name', 'middle_name', 'nickname', 'preferred_username', 'profile', 'picture', 'website'],
    ...['gender', 'birthdate', 'zoneinfo', 'locale', 'updated_at'],
  ],
  email: ['email', 'email_verified'],
  phone: ['phone_number', 'phone_number_verified'],
  address: ['address'],
  roles: ['roles'],
} as const;

/** The scopes that an application may ask for; all of them are granted to the applications of a site. */
export const oidcScopes = ['openid', 'offline_access', ...Object.keys(scopeClaims)];

const covered: ReadonlyMap<string, readonly string[]> = new Map(Object.entries(scopeClaims));

/** The claims that a space-separated list of scopes covers. */
export const claimsOfScope = (scope: string): readonly string[] => scope.split(' ').flatMap((name) => covered.get(name) ?? []);
