import type { ConsentAnswer } from '@foyer/consent';
import type { Answers } from '@foyer/provisioning';
import { LoginRefused } from '../refusal.js';
import { languageTag, texts } from './form-values.js';

type TypedAnswer = Exclude<keyof Answers, 'consent'>;

/** The names of the page's fields: what is typed, and what has the name of a purpose behind it. Whatever else a form holds is not read. */
export const typedFields = {
  username: 'username',
  password: 'newPassword',
  passwordRepeated: 'newPasswordRepeated',
  ownershipUsername: 'currentUsername',
  ownershipPassword: 'currentPassword',
} as const satisfies Readonly<Record<TypedAnswer, string>>;
export const offeredField = (purpose: string): string => `offered.${purpose}`;
export const acceptedField = (purpose: string, attribute: string): string => `accepted.${purpose}.${attribute}`;

/** What the page says of a purpose: its version, and the attributes that it shows. */
export const offeredText = (version: number, attributes: readonly string[]): string => [version, ...attributes].join(' ');

export interface SentPrompt {
  readonly csrf: string;
  readonly language: string;
  readonly answers: Answers;
}

/** Reads the form of the page `prompt`. @throws LoginRefused `login.badRequest` */
export function sentPrompt(body: unknown): SentPrompt {
  const fields = new Map(Object.entries(Object(body) as Record<string, unknown>));
  const { csrf = '', language = '', decision } = texts(pick(fields, ['csrf', 'language', 'decision']));
  const prefix = offeredField('');
  const purposes = [...fields.keys()].filter((name) => name.startsWith(prefix)).map((name) => name.slice(prefix.length));
  const consent = purposes.map((purpose) => consentAnswer(fields, purpose, decision === 'refuse'));
  return { csrf, language: languageTag(language), answers: { ...typedAnswers(fields), ...(consent.length > 0 && { consent }) } };
}

const pick = (fields: ReadonlyMap<string, unknown>, names: readonly string[]): Record<string, unknown> =>
  Object.fromEntries(names.flatMap((name) => (fields.has(name) ? [[name, fields.get(name)]] : [])));

function typedAnswers(fields: ReadonlyMap<string, unknown>): Answers {
  const typed = texts(pick(fields, Object.values(typedFields)));
  const answers: { -readonly [answer in TypedAnswer]?: string } = {};
  for (const answer of typedNames) {
    const value = typed[typedFields[answer]];
    if (value !== undefined) answers[answer] = value;
  }
  return answers;
}

const typedNames = [
  'username',
  'password',
  'passwordRepeated',
  'ownershipUsername',
  'ownershipPassword',
] as const satisfies readonly TypedAnswer[];

function consentAnswer(fields: ReadonlyMap<string, unknown>, purpose: string, refused: boolean): ConsentAnswer {
  const [version = '', ...offered] = textOf(fields.get(offeredField(purpose))).split(' ');
  const accepted = refused ? [] : offered.filter((name) => fields.has(acceptedField(purpose, name)));
  return { purpose, version: Number(version), offered, accepted };
}

function textOf(value: unknown): string {
  if (typeof value !== 'string') throw new LoginRefused('login.badRequest');
  return value;
}
