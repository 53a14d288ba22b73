import { Inject, Injectable, Module } from '@nestjs/common';
import { IdentityProviders, IdentityProvidersModule } from '@foyer/identity-providers';
import { laneOf, type KnownLanes } from '@foyer/jobs';

/** The lanes that jobs can have: one for each identity provider. */
@Injectable()
export class ConfiguredLanes implements KnownLanes {
  constructor(@Inject(IdentityProviders) private readonly providers: Pick<IdentityProviders, 'all'>) {}

  async has(lane: string): Promise<boolean> {
    return this.providers.all().some(({ name }) => laneOf(name) === lane);
  }
}

@Module({ imports: [IdentityProvidersModule], providers: [ConfiguredLanes], exports: [ConfiguredLanes] })
export class ConfiguredLanesModule {}
