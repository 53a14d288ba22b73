import { Module } from '@nestjs/common';
import { IdentityProvidersController } from './identity-providers.controller.js';
import { IdentityProviders } from './identity-providers.js';
import { IdentityProvidersSection } from './identity-providers.section.js';

/** Identity providers, in memory: for logins and for jobs. */
@Module({
  providers: [IdentityProvidersSection, IdentityProviders],
  exports: [IdentityProvidersSection, IdentityProviders],
})
export class IdentityProvidersModule {}

/** The admin API for identity providers. */
@Module({ imports: [IdentityProvidersModule], controllers: [IdentityProvidersController] })
export class IdentityProvidersAdministrationModule {}
