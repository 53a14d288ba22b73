import { attributeName, isReservedAttribute, itemPath, keyPath, type Attributes, type InputFault } from '@foyer/platform';

const maxAttributes = 100;
const maxNameLength = 64;
const maxTextLength = 4_096;
const maxItems = 100;
/** Of all attributes together, as JSON: below what a column of a store takes. */
const maxBytes = 60_000;

/** What is wrong with attributes that come from outside, each fault with its path below `attributes`. */
export function attributeFaults(attributes: Attributes): InputFault[] {
  const entries = Object.entries<unknown>(attributes);
  if (entries.length > maxAttributes)
    return [{ path: 'attributes', code: 'value.tooLong', message: `must have at most ${maxAttributes} keys` }];
  const faults = entries.flatMap(([name, value]) => {
    const path = keyPath('attributes', name);
    if (!attributeName.pattern.test(name) || name.length > maxNameLength)
      return [{ path, code: 'key.invalid', message: attributeName.patternMessage }];
    if (isReservedAttribute(name)) return [{ path, code: 'key.reserved', message: 'is no attribute: the name means something else' }];
    return typeFault(name, value, path) ?? valueFaults(value, path);
  });
  if (faults.length === 0 && Buffer.byteLength(JSON.stringify(attributes)) > maxBytes) {
    return [{ path: 'attributes', code: 'value.tooLong', message: `must have at most ${maxBytes} bytes as JSON` }];
  }
  return faults;
}

/** The attributes that Foyer itself reads have the types that SCIM and OpenID Connect give them. */
function typeFault(name: string, value: unknown, path: string): InputFault[] | undefined {
  if (name === 'email' && typeof value !== 'string') return [{ path, code: 'type.wrong', message: 'must be text' }];
  if (name === 'emailVerified' && typeof value !== 'boolean') return [{ path, code: 'type.wrong', message: 'must be true or false' }];
  return undefined;
}

function valueFaults(value: unknown, path: string): InputFault[] {
  if (typeof value === 'boolean' || (typeof value === 'number' && Number.isFinite(value))) return [];
  if (typeof value === 'string') return textFaults(value, path);
  if (typeof value !== 'object' || value === null)
    return [wrongType(path, 'must be text, a number, true or false, a list of texts, or named texts')];
  const items: [string, unknown][] = Array.isArray(value)
    ? value.map((item: unknown, index) => [itemPath(path, index), item])
    : Object.entries(value).map(([key, item]) => [keyPath(path, key), item]);
  if (items.length > maxItems) return [{ path, code: 'value.tooLong', message: `must have at most ${maxItems} items` }];
  return items.flatMap(([at, item]) => (typeof item === 'string' ? textFaults(item, at) : [wrongType(at, 'must be text')]));
}

const textFaults = (text: string, path: string): InputFault[] =>
  text.length > maxTextLength ? [{ path, code: 'value.tooLong', message: `must have at most ${maxTextLength} characters` }] : [];

const wrongType = (path: string, message: string): InputFault => ({ path, code: 'type.wrong', message });
