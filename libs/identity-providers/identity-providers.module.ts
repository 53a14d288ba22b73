import { Module } from '@nestjs/common';
import { IdentityProvidersController } from './identity-providers.controller.js';
import { IdentityProviders } from './identity-providers.js';
import { IdentityProvidersSection } from './identity-providers.section.js';

/** Identity providers: in memory for logins, and for administrators. */
@Module({
  controllers: [IdentityProvidersController],
  providers: [IdentityProvidersSection, IdentityProviders],
  exports: [IdentityProvidersSection, IdentityProviders],
})
export class IdentityProvidersModule {}
