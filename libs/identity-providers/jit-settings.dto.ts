import { ChoiceField, eachRule, FlagField, ObjectField, ObjectListField, objectName, rule, TextField, TextListField } from '@foyer/platform';
import type { JitPrompt, JitSettings, LinkingSettings, MatchAttribute, MatchRule, UserStoreChoice } from './settings.js';
import { UserStoreChoiceField } from './user-store-choice.dto.js';

export const realm = {
  pattern: /^[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?$/,
  patternMessage: 'must be a domain or a realm hint: letters, digits, ".", "_" and "-"',
} as const;

export class MatchRuleDto implements MatchRule {
  @TextField({
    description: 'The external claim.',
    defaultInWords: 'the subject; for `username` the claim that names the account',
    example: 'email',
    max: 255,
  })
  claim?: string;

  @ChoiceField({
    description: 'What accounts are found by.',
    values: ['username', 'email', 'phoneNumber', 'employeeNumber', 'externalId'],
    example: 'email',
  })
  attribute!: MatchAttribute;
}

export class LinkingDto implements LinkingSettings {
  @ChoiceField({
    description: 'Whether, and by what proof, an external identity is linked to an account that exists.',
    values: ['deny', 'prove-ownership', 'verified-email', 'pre-provisioned'],
    default: 'deny',
  })
  existing: LinkingSettings['existing'] = 'deny';

  @ObjectListField(() => MatchRuleDto, {
    description: 'How an existing account is found. The first rule that finds any decides; two that it finds are a reason to deny.',
    defaultInWords: 'by username for `prove-ownership`, by e-mail for `verified-email`',
    maxItems: 10,
  })
  @rule(
    'matchesUseful',
    (value, linking) =>
      !Array.isArray(value) || value.length === 0 || ['prove-ownership', 'verified-email'].includes(String(Reflect.get(linking, 'existing'))),
    'is of no use with this value of existing: nobody is looked for',
    'setting.contradicts',
  )
  @eachRule(
    'matchesByEmail',
    (item, linking) => Reflect.get(linking, 'existing') !== 'verified-email' || isEmailRule(item),
    'must match by email: verified-email links by nothing else',
    'setting.contradicts',
  )
  match: MatchRuleDto[] = [];
}

const isEmailRule = (item: unknown): boolean => typeof item === 'object' && item !== null && Reflect.get(item, 'attribute') === 'email';
const asksForConsent = (jit: object): boolean => String(Reflect.get(jit, 'prompt')).includes('consent');
const isFixed = (jit: object): boolean => typeof (Reflect.get(jit, 'userStore') ?? '') === 'string';

export class JitSettingsDto implements JitSettings {
  @FlagField({ description: 'Whether accounts are created and updated at logins.', default: false })
  enabled = false;

  @ChoiceField({
    description: 'Whether the application waits until the account is written.',
    values: ['blocking'],
    planned: ['nonBlocking'],
    default: 'blocking',
  })
  mode = 'blocking' as const;

  @ChoiceField({ description: 'What a failing user store does to a login.', values: ['deny', 'admit'], default: 'deny' })
  onFailure: 'deny' | 'admit' = 'deny';

  @UserStoreChoiceField()
  userStore: UserStoreChoice = 'PRIMARY';

  @ChoiceField({
    description: 'What a person is asked before the account is created.',
    values: ['none', 'consent', 'password+consent', 'username+password+consent'],
    default: 'none',
  })
  @rule(
    'promptNeedsFixedStore',
    (value, jit) => value === 'none' || isFixed(jit),
    'needs a fixed domain in userStore: with fromUsername or fromClaim nobody knows beforehand whose rules to ask by',
    'setting.contradicts',
  )
  @rule(
    'passwordNeedsBlocking',
    (value, jit) => !String(value).includes('password') || Reflect.get(jit, 'mode') !== 'nonBlocking',
    'asks for a password, which is never kept for a job: it needs mode blocking',
    'setting.contradicts',
  )
  prompt: JitPrompt = 'none';

  @ChoiceField({
    description: 'What later logins do to attributes.',
    values: ['overwrite', 'preserve-local', 'none'],
    default: 'overwrite',
  })
  attributeSync: JitSettings['attributeSync'] = 'overwrite';

  @ObjectField(() => LinkingDto, { description: 'How an external identity may be linked to an account that exists.', optional: true })
  linking: LinkingDto = new LinkingDto();

  @TextListField({
    description: 'E-mail domains for which this provider’s word counts.',
    example: ['acme.example'],
    default: [],
    maxItems: 100,
    max: 253,
    ...realm,
  })
  trustedDomains: string[] = [];

  @TextListField({
    description: 'Consent purposes, besides those that apply to every identity provider.',
    example: ['profile'],
    default: [],
    maxItems: 20,
    max: 63,
    ...objectName,
  })
  @rule(
    'purposesNeedPrompt',
    (value, jit) => !Array.isArray(value) || value.length === 0 || asksForConsent(jit),
    'must be empty with prompt none: nobody would be asked',
    'setting.contradicts',
  )
  consentPurposes: string[] = [];

  @ChoiceField({
    description: 'What becomes of a login whose person refuses something mandatory: denied, or admitted without what was refused.',
    values: ['deny', 'admit'],
    default: 'deny',
  })
  onConsentRefused: 'deny' | 'admit' = 'deny';
}
