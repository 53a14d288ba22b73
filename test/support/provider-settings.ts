import { IdentityProvidersSection } from '@foyer/identity-providers';
import { Vault, type InputFault } from '@foyer/platform';
import { sectionFaultLines, sectionFaults } from './section-faults.js';

const oidc = { issuer: 'https://login.acme.example', clientId: 'foyer', clientSecret: 'secret' };

/** The least that an identity provider's settings have to have. */
export const provider = { name: 'acme', protocol: 'oidc', oidc };

/** Identity providers as a section of the settings, without a database. @param outgoingAllow as `FOYER_OUTGOING_ALLOW` */
export const providersSection = (outgoingAllow: readonly string[] = []): IdentityProvidersSection =>
  new IdentityProvidersSection(new Vault(Buffer.alloc(32)), { outgoingAllow });

/** What is wrong with settings. */
export const providerFaults = (input: unknown, by = providersSection()): readonly InputFault[] => sectionFaults(by, input);

/** The same, each as `path code`. */
export const faultLines = (input: unknown, by = providersSection()): string[] => sectionFaultLines(by, input);
