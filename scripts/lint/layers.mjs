// The architecture as a table: which libs a lib may import, each through its door `@foyer/<lib>`. The rule `foyer/import-boundaries` reads it.
// A lib that is missing here fails lint, so a new lib begins with its line.

/** @type {Readonly<Record<string, readonly string[]>>} */
export const allowedImports = {
  platform: [],
  applications: ['admin-access', 'platform'],
  userstores: ['admin-access', 'platform'],
  journal: ['admin-access', 'platform'],
  jobs: ['admin-access', 'platform'],
  consent: ['userstores', 'admin-access', 'platform'],
  federation: ['platform'],
  'admin-access': ['platform'],
  'identity-providers': ['federation', 'admin-access', 'platform'],
  provisioning: ['userstores', 'journal', 'jobs', 'consent', 'identity-providers', 'federation', 'admin-access', 'platform'],
  login: [
    'admin-access',
    'federation',
    'provisioning',
    'applications',
    'identity-providers',
    'userstores',
    'journal',
    'jobs',
    'consent',
    'admin-access',
    'platform',
  ],
  protocols: ['login', 'consent', 'applications', 'userstores', 'admin-access', 'platform'],
  configuration: ['consent', 'identity-providers', 'applications', 'userstores', 'platform'],
};

/** Where a connector stands, and what it knows: the contract that it fulfils and platform, not the registry that lists it. */
export const connectors = { folder: 'libs/federation/connectors', files: ['libs/federation/connector.ts'], libs: ['platform'] };

/** What relative imports may reach besides their own folder (a lib, an app, test/); a path that ends in `/` means everything below. */
export const reach = {
  apps: ['ormconfig.ts'],
  test: ['ormconfig.ts', 'apps/', 'scripts/', 'libs/userstores/conformance/'],
  'ormconfig.ts': ['libs/platform/database/migrations/'],
  /** A test beside its code in a lib. */
  spec: ['ormconfig.ts', 'test/support/'],
};
