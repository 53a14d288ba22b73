import {
  ChoiceField,
  eachRule,
  FlagField,
  ObjectField,
  ObjectListField,
  objectName,
  rule,
  TextField,
  TextListField,
} from '@foyer/platform';
import type { JitPrompt, JitSettings, LinkingSettings, MatchAttribute, MatchRule } from './settings.js';
import { StoreFromClaimDto, StoreFromUsernameDto, UserStoreChoiceField, type WrittenUserStoreChoice } from './user-store-choice.dto.js';

export const realm = {
  pattern: /^[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?$/,
  patternMessage: 'must be a domain or a realm hint: letters, digits, ".", "_" and "-"',
} as const;

export const RealmsRule = (): PropertyDecorator =>
  eachRule('isRealm', (item) => typeof item !== 'string' || !item.includes('..'), 'must not have two dots in a row');

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
    description:
      'Whether, and by what proof, an external identity is linked to an account that exists: the password of the account, an e-mail address that this provider verified inside `trustedDomains`, or an administrator (or SCIM) who named the identity beforehand.',
    values: ['deny', 'prove-ownership', 'verified-email', 'pre-provisioned'],
    default: 'deny',
  })
  existing: LinkingSettings['existing'] = 'deny';

  @ObjectListField(() => MatchRuleDto, {
    description: 'How an existing account is found. The first rule that finds any decides, and if it finds two the login is denied.',
    defaultInWords: 'by username for `prove-ownership`, by the claim `email` for `verified-email`',
    maxItems: 10,
  })
  @rule(
    'matchesUseful',
    (value, linking) => isEmptyList(value) || !['deny', 'pre-provisioned'].includes(String(Reflect.get(linking, 'existing'))),
    'is of no use with existing deny or pre-provisioned: no account is looked for',
    'setting.contradicts',
  )
  @eachRule(
    'matchesByEmail',
    (item, linking) => Reflect.get(linking, 'existing') !== 'verified-email' || isEmailRule(item),
    'must have attribute email and claim email: with verified-email, nothing else is verified',
    'setting.contradicts',
  )
  match: MatchRuleDto[] = [];
}

function isEmptyList(value: unknown): boolean {
  return !Array.isArray(value) || value.length === 0;
}

/** `email_verified` speaks of the claim `email` (OpenID Connect Core §5.1). */
function isEmailRule(item: unknown): boolean {
  return item instanceof MatchRuleDto ? item.attribute === 'email' && item.claim === 'email' : true;
}

const linksBy = (linking: unknown, existing: LinkingSettings['existing']): boolean =>
  linking instanceof LinkingDto && linking.existing === existing;
const isNonBlocking = (jit: object): boolean => Reflect.get(jit, 'mode') === 'nonBlocking';

export class JitSettingsDto implements Omit<JitSettings, 'userStore'> {
  @FlagField({ description: 'Whether accounts are created and updated at logins.', default: false })
  enabled = false;

  @ChoiceField({
    description: 'Whether the application waits until the account is written.',
    values: ['blocking', 'nonBlocking'],
    default: 'blocking',
  })
  mode: JitSettings['mode'] = 'blocking';

  @ChoiceField({ description: 'What a failing user store does to a login.', values: ['deny', 'admit'], default: 'deny' })
  onFailure: 'deny' | 'admit' = 'deny';

  @UserStoreChoiceField()
  userStore: WrittenUserStoreChoice = 'PRIMARY';

  @ChoiceField({
    description: 'What a person is asked before the account is created.',
    values: ['none', 'consent', 'password+consent', 'username+password+consent'],
    default: 'none',
  })
  @rule(
    'promptWithoutUsernameStore',
    (value, jit) => value === 'none' || !(Reflect.get(jit, 'userStore') instanceof StoreFromUsernameDto),
    'must be none with userStore.fromUsername: what is asked follows the rules of one store, so it needs a fixed domain',
    'setting.contradicts',
  )
  @rule(
    'promptWithoutClaimStore',
    (value, jit) => value === 'none' || !(Reflect.get(jit, 'userStore') instanceof StoreFromClaimDto),
    'must be none with userStore.fromClaim: what is asked follows the rules of one store, so it needs a fixed domain',
    'setting.contradicts',
  )
  @rule(
    'passwordNeedsBlocking',
    (value, jit) => !String(value).includes('password') || !isNonBlocking(jit),
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
  @rule(
    'verifiedEmailNeedsDomains',
    (linking, jit) => !linksBy(linking, 'verified-email') || !isEmptyList(Reflect.get(jit, 'trustedDomains')),
    'needs trustedDomains: verified-email links only addresses of domains that this provider is trusted for',
    'setting.contradicts',
    'existing',
  )
  @rule(
    'linkingNeedsBlocking',
    (linking, jit) => linksBy(linking, 'deny') || !isNonBlocking(jit),
    'must be deny with mode nonBlocking: what links an account is found out while the person waits',
    'setting.contradicts',
    'existing',
  )
  linking: LinkingDto = new LinkingDto();

  @TextListField({
    description: 'E-mail domains for which this provider’s word counts, without those below them.',
    example: ['acme.example'],
    default: [],
    maxItems: 100,
    max: 253,
    pattern: realm.pattern,
    patternMessage: 'must be a domain, such as acme.example',
  })
  @RealmsRule()
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
    (value, jit) => isEmptyList(value) || Reflect.get(jit, 'prompt') !== 'none',
    'must be empty with prompt none: nobody would be asked',
    'setting.contradicts',
  )
  consentPurposes: string[] = [];

  @ChoiceField({
    description: 'What becomes of a login whose person refuses something mandatory: denied, or admitted without an account.',
    values: ['deny', 'admit'],
    default: 'deny',
  })
  @rule(
    'refusalNeedsPrompt',
    (value, jit) => value !== 'admit' || Reflect.get(jit, 'prompt') !== 'none',
    'is of no use with prompt none: nobody would be asked',
    'setting.contradicts',
  )
  onConsentRefused: 'deny' | 'admit' = 'deny';
}
