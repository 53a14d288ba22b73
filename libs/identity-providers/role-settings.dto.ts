import { ChoiceField, ObjectListField, PatternField, rule, TextField, TextListField, ValueField } from '@foyer/platform';
import type { RoleMapping, RoleSettings } from './settings.js';

const roleName = { max: 255 } as const;
const longestList = 200;

const isRemote = (value: unknown): boolean => typeof value === 'string' && value.length > 0 && value.length <= 512;
const has = (mapping: object, key: string): boolean => Reflect.get(mapping, key) !== undefined;

export class RoleMappingDto implements RoleMapping {
  @ValueField({
    description: 'The remote role, or a list of them.',
    type: 'text or list of text',
    optional: true,
    example: 'engineering',
    schema: { oneOf: [{ type: 'string' }, { type: 'array', items: { type: 'string' } }] },
  })
  @rule(
    'isRemote',
    (value) => isRemote(value) || (Array.isArray(value) && value.length > 0 && value.length <= longestList && value.every(isRemote)),
    `must be a text, or a list of 1 to ${longestList} texts`,
  )
  @rule('remoteOrPattern', (_, mapping) => !has(mapping, 'pattern'), 'must not stand beside pattern: a mapping has one of the two')
  remote?: string | string[];

  @PatternField('RE2, matching a whole remote role. What it captures stands in `local` or `group` as `$1` to `$9`.', '^team-(.+)$') pattern?: string;

  @TextField({ description: 'The local role that it becomes.', optional: true, example: 'developer', ...roleName })
  @rule('localOrGroup', (_, mapping) => !has(mapping, 'group'), 'must not stand beside group: a mapping has one of the two')
  local?: string;

  @TextField({ description: 'The group of the account’s store that it becomes.', optional: true, example: 'staff', ...roleName })
  group?: string;
}

export class RoleSettingsDto implements RoleSettings {
  @ObjectListField(() => RoleMappingDto, {
    description: 'What remote roles become here. All that match count.',
    default: [],
    maxItems: longestList,
  })
  @rule(
    'mappingsComplete',
    (value) =>
      !Array.isArray(value) ||
      value.every((one: unknown) => typeof one !== 'object' || one === null || isComplete(one)),
    'must each have remote or pattern, and local or group',
    'value.missing',
  )
  mappings: RoleMappingDto[] = [];

  @ChoiceField({
    description: 'What a remote role becomes that no mapping names.',
    values: ['drop', 'same-name'],
    default: 'drop',
  })
  unmapped: 'drop' | 'same-name' = 'drop';

  @ChoiceField({
    description: 'What a login takes away: what this provider granted and no longer grants, nothing, or every role that it does not grant.',
    values: ['granted-here', 'never', 'all'],
    default: 'granted-here',
  })
  revoke: RoleSettings['revoke'] = 'granted-here';

  @TextListField({ description: 'Local roles that everybody gets.', default: [], maxItems: 50, ...roleName })
  default: string[] = [];

  @TextListField({ description: 'Local roles that this provider never grants.', default: [], maxItems: longestList, ...roleName })
  never: string[] = [];
}

const isComplete = (mapping: object): boolean =>
  (has(mapping, 'remote') || has(mapping, 'pattern')) && (has(mapping, 'local') || has(mapping, 'group'));
