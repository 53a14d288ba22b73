import { Database, isReservedAttribute, LOGGER, SettingsRevision, type Logger, type StoredObject } from '@foyer/platform';
import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { ConsentPurposesSection, noticeOf } from './consent-purposes.section.js';
import { noticeKey } from './notice-key.js';
import {
  builtInPurposeName,
  type BuiltInPurpose,
  type ConfiguredPurpose,
  type ConsentingProvider,
  type ConsentPurpose,
} from './purpose.js';
import type { ConsentPurposeSettings } from './settings.js';

/** The configured purposes, in memory: a change, by whatever process, is seen within a second. */
@Injectable()
export class ConsentPurposes implements OnModuleInit {
  private stored: readonly StoredObject<ConsentPurposeSettings>[] = [];
  private names: ReadonlyMap<string, ConfiguredPurpose> = new Map();
  private everywhere: readonly ConfiguredPurpose[] = [];
  /** Settings of a provider that did not change are the same object. */
  private applying = new WeakMap<ConsentingProvider, readonly ConsentPurpose[]>();

  constructor(
    private readonly database: Database,
    private readonly revision: SettingsRevision,
    private readonly section: ConsentPurposesSection,
    @Inject(LOGGER) private readonly logger: Pick<Logger, 'error'>,
  ) {}

  /** Reads them. The database must be migrated. */
  async onModuleInit(): Promise<void> {
    await this.load();
    this.revision.onChange(() => this.load());
  }

  /** Sorted by name. */
  all(): readonly ConfiguredPurpose[] {
    return [...this.names.values()];
  }

  byName(name: string): ConfiguredPurpose | undefined {
    return this.names.get(name);
  }

  /**
   * The purposes that apply to logins through a provider, in the order in which they are asked: those that it names, then those that apply
   * everywhere; the built-in one where there would be none; none where the prompt does not ask for consent.
   */
  of(provider: ConsentingProvider): readonly ConsentPurpose[] {
    const known = this.applying.get(provider);
    if (known) return known;
    const found = this.find(provider);
    this.applying.set(provider, found);
    return found;
  }

  private find(provider: ConsentingProvider): readonly ConsentPurpose[] {
    const { prompt, consentPurposes } = provider.jit;
    if (!prompt.split('+').includes('consent')) return [];
    const named = consentPurposes.flatMap((name) => this.names.get(name) ?? []);
    const all = [...new Set([...named, ...this.everywhere])];
    return all.length > 0 ? all : [builtInPurpose(provider)];
  }

  private async load(): Promise<void> {
    const known = new Map(this.stored.map((object) => [object.id, object]));
    this.stored = await this.section.table.readable(this.database.read, this.logger, known);
    const purposes = this.stored.map(toPurpose);
    this.names = new Map(purposes.map((purpose) => [purpose.name, purpose]));
    this.everywhere = purposes.filter(({ everyIdentityProvider }) => everyIdentityProvider);
    this.applying = new WeakMap();
  }
}

const toPurpose = ({ id, settings }: StoredObject<ConsentPurposeSettings>): ConfiguredPurpose => ({
  ...settings,
  id,
  builtIn: false,
  notice: noticeKey(noticeOf(settings)),
});

/** What goes with the login alone, such as `acr`, is not kept. */
function builtInPurpose({ id, claims }: ConsentingProvider): BuiltInPurpose {
  const mapped = [...new Set(claims.mappings.map(({ to }) => to))].filter((name) => !isReservedAttribute(name));
  return { id, name: builtInPurposeName, version: 1, builtIn: true, attributes: mapped.map((name) => ({ name, mandatory: true })) };
}
