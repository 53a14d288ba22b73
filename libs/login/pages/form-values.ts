import { LoginRefused } from '../refusal.js';

const maxParameters = 30;
const maxLength = 16_384;

/**
 * The parameters of a query or a form: each once, as text, within bounds.
 * @throws LoginRefused `login.badRequest`
 */
export function texts(source: unknown): Readonly<Record<string, string>> {
  const entries = typeof source === 'object' && source !== null ? Object.entries(source) : [];
  if (entries.length > maxParameters) throw new LoginRefused('login.badRequest');
  const values = entries.map(([name, value]): [string, string] => {
    if (typeof value !== 'string' || value.length > maxLength) throw new LoginRefused('login.badRequest');
    return [name, value];
  });
  return Object.fromEntries(values);
}
