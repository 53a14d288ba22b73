import { builtInPurposeTexts, type AskedPurpose, type ConfiguredPurpose, type ConsentAnswer } from '@foyer/consent';
import { textIn } from '@foyer/platform';
import type { Ask, AskOwnership, AskPassword } from '@foyer/provisioning';
import type { PromptTurn } from '../step.js';
import { acceptedField, offeredField, offeredText, typedFields } from './prompt-answers.js';
import type { PageContent, PageData } from './page-writer.js';

/** What the page knows besides what is asked. */
export interface PromptFacts {
  /** What would be kept, by the names of the attributes. */
  readonly values: ReadonlyMap<string, string>;
  /** The purpose of the settings with a name. */
  readonly purpose: (name: string) => ConfiguredPurpose | undefined;
}

type AskOf<T extends Ask['type']> = Extract<Ask, { readonly type: T }>;

const asked = <T extends Ask['type']>({ asks }: PromptTurn, type: T): AskOf<T> | undefined =>
  asks.find((ask): ask is AskOf<T> => ask.type === type);

/** What the template `prompt` shows: only what is asked, and of what was typed everything but passwords. */
export function promptData(turn: PromptTurn, facts: PromptFacts, language: string): PageData {
  const [username, password, ownership] = [asked(turn, 'askUsername'), asked(turn, 'askPassword'), asked(turn, 'askOwnership')];
  const faults = faultsOf(turn);
  const kind = ownership ? 'ownership' : username || password ? 'account' : 'consent';
  const lead = ownership && ownership.username === undefined ? 'ownership.unnamed' : kind;
  return {
    title: faults.length > 0 ? 'prompt.titleError' : 'prompt.title',
    heading: `prompt.heading.${kind}`,
    lead: `prompt.lead.${lead}`,
    language,
    faults,
    fields: typedFields,
    username: username && { value: turn.typed?.username ?? username.suggestion, error: problemText(username.problem) },
    password: password && passwordData(password),
    ownership: ownership && ownershipData(ownership, turn),
    ...consentData(turn, facts, language),
  };
}

const problemText = (problem: string | undefined): string | undefined => (problem === undefined ? undefined : `prompt.problem.${problem}`);

/** An account that is not named is one that the page tells nothing of. */
function ownershipData(ask: AskOwnership, { typed }: PromptTurn): PageData {
  const { username, userStore } = ask;
  const error = problemText(ownershipProblem(ask));
  return username === undefined ? { unnamed: true, typed: typed?.ownershipUsername ?? '', error } : { username, userStore, error };
}

const ownershipProblem = ({ problem, username }: AskOwnership): string | undefined =>
  problem === 'ownership.wrong' && username === undefined ? 'ownership.wrong.unnamed' : problem;

/** What was right and has to be typed again is no fault: it only came with something that was not. */
function passwordData({ problem, message }: AskPassword): PageData {
  if (problem === undefined) return {};
  if (problem === 'password.repeat') return { hint: true, again: problemText(problem) };
  if (problem === 'password.mismatch') return { repeatedError: problemText(problem) };
  return { hint: true, error: problemText(problem), rule: message };
}

/** What is wrong, each with the field that it is about. */
function faultsOf(turn: PromptTurn): readonly { readonly field: string; readonly text: string | undefined }[] {
  const [username, password, ownership] = [asked(turn, 'askUsername'), asked(turn, 'askPassword'), asked(turn, 'askOwnership')];
  const passwordField = password?.problem === 'password.mismatch' ? typedFields.passwordRepeated : typedFields.password;
  const ownershipField = ownership && ownership.username === undefined ? typedFields.ownershipUsername : typedFields.ownershipPassword;
  const all = [
    { field: typedFields.username, problem: username?.problem },
    { field: passwordField, problem: password?.problem === 'password.repeat' ? undefined : password?.problem },
    { field: ownershipField, problem: ownership && ownershipProblem(ownership) },
  ];
  return all.filter(({ problem }) => problem !== undefined).map(({ field, problem }) => ({ field, text: problemText(problem) }));
}

function consentData(turn: PromptTurn, facts: PromptFacts, language: string): PageData {
  const purposes = turn.asks.flatMap((ask) => (ask.type === 'askConsent' ? ask.purposes : []));
  if (purposes.length === 0) return { submit: 'prompt.continue' };
  const refusable = purposes.some(({ attributes }) => attributes.some(({ mandatory }) => mandatory));
  const shown = purposes.map((purpose) => {
    const typed = turn.typed?.consent?.find((answer) => answer.purpose === purpose.purpose);
    return { ...purposeTexts(purpose, facts, language), ...purposeFields(purpose, facts, typed) };
  });
  return { purposes: shown, refusable, submit: refusable ? 'prompt.agree' : 'prompt.continue' };
}

function purposeTexts({ purpose: name, builtIn, because }: AskedPurpose, { purpose }: PromptFacts, language: string): PageData {
  const again = because === 'first' ? undefined : `prompt.consent.again.${because}`;
  const configured = purpose(name);
  if (builtIn || !configured) return { again, keys: builtInPurposeTexts };
  const { title, text, retention, sharedWith } = configured;
  return {
    again,
    title: textIn(title, language),
    text: textIn(text, language),
    retention: retention && textIn(retention, language),
    sharedWith,
  };
}

function purposeFields(
  { purpose, version, attributes }: AskedPurpose,
  { values }: PromptFacts,
  typed: ConsentAnswer | undefined,
): PageData {
  return {
    offered: offeredField(purpose),
    offer: offeredText(
      version,
      attributes.map(({ name }) => name),
    ),
    attributes: attributes.map(({ name, mandatory, tickedBefore }) => ({
      name,
      field: acceptedField(purpose, name),
      mandatory,
      label: [`attribute.${name}`, 'attribute.other'],
      value: values.get(name),
      ticked: typed ? typed.accepted.includes(name) : tickedBefore,
    })),
  };
}

const statuses: Readonly<Record<NonNullable<AskOwnership['problem']>, number>> = {
  'ownership.wrong': 403,
  'ownership.tooMany': 429,
  'store.unavailable': 503,
};

/** The answer's status: that of what stands against the proof of ownership, else 400 for what may be typed better. */
export function promptStatus(turn: PromptTurn): Pick<PageContent, 'status' | 'retryAfter'> {
  const { problem, retryAfter } = asked(turn, 'askOwnership') ?? {};
  if (problem !== undefined) return { status: statuses[problem], retryAfter };
  return { status: faultsOf(turn).length > 0 ? 400 : 200 };
}
