/** Text by language (BCP 47), always with `en`. */
export type TextByLanguage = Readonly<Record<string, string>>;

export interface PurposeAttribute {
  readonly name: string;
  /** Without it there is no account. */
  readonly mandatory: boolean;
}

/** What is the same for every purpose, whether it stands in the settings or is built in. */
interface Purpose {
  /** What receipts are for: minted anew even when a deleted name comes back, so that a receipt never counts for a namesake. */
  readonly id: string;
  readonly name: string;
  /** Only a higher one asks again. */
  readonly version: number;
  readonly attributes: readonly PurposeAttribute[];
}

/** Why which attributes are kept, as the settings say it. */
export interface ConfiguredPurpose extends Purpose {
  readonly builtIn: false;
  /** Names exactly these texts and attributes: the key of the copy that a receipt points at. */
  readonly notice: string;
  readonly title: TextByLanguage;
  readonly text: TextByLanguage;
  /** How long the attributes are kept, in words. */
  readonly retention?: TextByLanguage;
  /** Who learns them besides the applications that the person opens. */
  readonly sharedWith: readonly string[];
  readonly everyIdentityProvider: boolean;
}

/**
 * The purpose of an identity provider that asks for consent and names no purpose: everything that it maps, all mandatory. Its texts are messages
 * ({@link builtInPurposeTexts}). Receipts for it are for one provider: its `id` is that of the provider.
 */
export interface BuiltInPurpose extends Purpose {
  readonly builtIn: true;
}

export type ConsentPurpose = ConfiguredPurpose | BuiltInPurpose;

/** The name of the {@link BuiltInPurpose}. No purpose of the settings can have it. */
export const builtInPurposeName = 'foyer-account';

/** What it says, as message keys. */
export const builtInPurposeTexts = {
  title: 'consent.account.title',
  text: 'consent.account.text',
  retention: 'consent.account.retention',
} as const;

/** What a purpose has to know of an identity provider: the part of its settings that says what is asked. */
export interface ConsentingProvider {
  readonly id: string;
  readonly jit: { readonly prompt: string; readonly consentPurposes: readonly string[] };
  readonly claims: { readonly mappings: readonly { readonly to: string }[] };
}

/** What a purpose says to people, at one time. */
export interface Notice {
  /** The purpose's name. */
  readonly purpose: string;
  readonly version: number;
  readonly title: TextByLanguage;
  readonly text: TextByLanguage;
  readonly retention?: TextByLanguage;
  readonly sharedWith: readonly string[];
  readonly attributes: readonly PurposeAttribute[];
}
