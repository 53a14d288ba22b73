import { isPrivilegedRole, onlyLooksPrivileged } from '@foyer/admin-access';
import {
  ChoiceField,
  compilePattern,
  eachRule,
  ObjectListField,
  PatternField,
  patternProblem,
  rule,
  TextField,
  TextListField,
  ValueField,
} from '@foyer/platform';
import type { RoleMapping, RoleSettings } from './settings.js';

/** What every user store accepts at most. */
const roleName = {
  max: 255,
  pattern: /^(?!\p{White_Space})[^\p{C}\p{Zl}\p{Zp}]+(?<!\p{White_Space})$/u,
  patternMessage: 'must have characters that can be seen only, and no space at its ends',
} as const;
const longestList = 200;
/** Each is looked at for each remote role, of which a token may bring thousands. */
const mostPatterns = 50;

const isRemote = (value: unknown): boolean => typeof value === 'string' && value.length > 0 && value.length <= 512;
const has = (mapping: object, key: keyof RoleMapping): boolean => Reflect.get(mapping, key) !== undefined;

/** `$1` to `$9` in a name are what a pattern captures. */
const CapturesRule = (): PropertyDecorator =>
  rule(
    'capturesExist',
    (value, mapping) => highestCapture(value) <= groupsOf(Reflect.get(mapping, 'pattern')),
    'names a capture ($1 to $9) that its pattern does not have',
    'pattern.noSuchGroup',
  );

const highestCapture = (name: unknown): number =>
  typeof name === 'string' ? Math.max(0, ...[...name.matchAll(/\$([1-9])/g)].map(([, digit]) => Number(digit))) : 0;

/** Without a pattern that can be used, a `$` is a `$`. */
const groupsOf = (pattern: unknown): number =>
  typeof pattern === 'string' && patternProblem(pattern) === undefined ? compilePattern(pattern).groups : Infinity;

export class RoleMappingDto implements RoleMapping {
  @ValueField({
    description: 'The remote role, compared as it is, or a list of them.',
    type: 'text or list of text',
    optional: true,
    example: 'engineering',
    schema: {
      oneOf: [
        { type: 'string', maxLength: 512 },
        { type: 'array', items: { type: 'string', maxLength: 512 }, minItems: 1, maxItems: longestList },
      ],
    },
  })
  @rule(
    'isRemote',
    (value) => isRemote(value) || (Array.isArray(value) && value.length > 0 && value.length <= longestList && value.every(isRemote)),
    `must be a text of 1 to 512 characters, or a list of 1 to ${longestList} of them`,
  )
  @rule('remoteOrPattern', (_, mapping) => !has(mapping, 'pattern'), 'must not stand beside pattern: a mapping has one of the two')
  remote?: string | string[];

  @PatternField('RE2, matching a whole remote role. What it captures stands in `local` or `group` as `$1` to `$9`.', '^team-(.+)$')
  pattern?: string;

  @TextField({
    description: 'The local role that it becomes. A privileged one (`owner`, `foyer:…`) only beside `remote`.',
    optional: true,
    example: 'developer',
    ...roleName,
  })
  @rule('localOrGroup', (_, mapping) => !has(mapping, 'group'), 'must not stand beside group: a mapping has one of the two')
  @rule(
    'privilegedIsExact',
    (value, mapping) => typeof value !== 'string' || !isPrivilegedRole(value) || !has(mapping, 'pattern'),
    'is a privileged role, which is granted by an exact mapping (remote) and never by a pattern',
    'role.privileged',
  )
  @rule(
    'privilegedIsItself',
    (value, mapping) => typeof value !== 'string' || !onlyLooksPrivileged(value) || has(mapping, 'pattern'),
    'only looks like a privileged role, and would give no power: write `owner` or `foyer:…` exactly as the role is called, or choose another name',
    'role.privileged',
  )
  @CapturesRule()
  local?: string;

  @TextField({ description: 'The group of the account’s store that it becomes.', optional: true, example: 'staff', ...roleName })
  @CapturesRule()
  group?: string;
}

export class RoleSettingsDto implements RoleSettings {
  @ObjectListField(() => RoleMappingDto, {
    description: 'What remote roles become here. All that match count.',
    default: [],
    maxItems: longestList,
  })
  @eachRule('hasSource', (item) => !lacks(item, 'remote', 'pattern'), 'needs remote or pattern', 'value.missing')
  @eachRule('hasTarget', (item) => !lacks(item, 'local', 'group'), 'needs local or group', 'value.missing')
  @rule(
    'fewPatterns',
    (value) =>
      !Array.isArray(value) || value.filter((item) => item instanceof RoleMappingDto && has(item, 'pattern')).length <= mostPatterns,
    `must have at most ${mostPatterns} patterns`,
    'value.tooLong',
  )
  mappings: RoleMappingDto[] = [];

  @ChoiceField({
    description: 'What a remote role becomes that no mapping names: nothing, or the local role of the same name unless that is privileged.',
    values: ['drop', 'same-name'],
    default: 'drop',
  })
  unmapped: 'drop' | 'same-name' = 'drop';

  @ChoiceField({
    description:
      'What a login takes away: what this provider granted and grants no more, nothing, or every role that it does not grant (though never the last owner).',
    values: ['granted-here', 'never', 'all'],
    default: 'granted-here',
  })
  revoke: RoleSettings['revoke'] = 'granted-here';

  @TextListField({
    description: 'Local roles that everybody gets who logs in here.',
    example: ['member'],
    default: [],
    maxItems: 50,
    ...roleName,
  })
  @eachRule(
    'nonePrivileged',
    (item) => typeof item !== 'string' || !isPrivilegedRole(item),
    'is a privileged role, which is granted by an exact mapping and never to everybody',
    'role.privileged',
  )
  @eachRule('notExcluded', isNotExcluded, 'stands in never too, so nobody would get it', 'setting.contradicts')
  default: string[] = [];

  @TextListField({
    description: 'Local roles that this provider never grants, whatever the mappings say.',
    example: ['owner'],
    default: [],
    maxItems: longestList,
    ...roleName,
  })
  never: string[] = [];
}

function lacks(item: unknown, ...keys: readonly (keyof RoleMapping)[]): boolean {
  return item instanceof RoleMappingDto && keys.every((key) => !has(item, key));
}

function isNotExcluded(item: unknown, roles: object): boolean {
  const never: unknown = Reflect.get(roles, 'never');
  return !Array.isArray(never) || !never.includes(item);
}
