import type { PurposeAttribute, TextByLanguage } from './purpose.js';

/** A consent purpose in the shape of the YAML file and the admin API, defaults filled in. */
export interface ConsentPurposeSettings {
  readonly name: string;
  readonly version: number;
  readonly title: TextByLanguage;
  readonly text: TextByLanguage;
  readonly attributes: readonly PurposeAttribute[];
  readonly retention?: TextByLanguage;
  readonly sharedWith: readonly string[];
  readonly everyIdentityProvider: boolean;
}
