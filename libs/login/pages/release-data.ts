import { isKnown, type Facts } from '../people/person.js';
import { fieldOf, mostTyped } from '../release/typed-attributes.js';
import type { ReleaseTurn } from '../step.js';
import type { PageData } from './page-writer.js';
import { attributeField, shownText } from './release-form.js';
import { shownValue } from './shown-value.js';

const offline = 'offline_access';

/** What the template `release` shows: what the application would learn, with the values of now, and fields for what it must have. */
export function releaseData({ due, facts, keepable, mistakes, answer }: ReleaseTurn): PageData {
  const { consent, missing } = due;
  const kind = consent ? 'consent' : 'missing';
  const claims = (consent ?? []).filter((name) => name !== offline && !missing.includes(name));
  const wrong = missing.filter((name) => mistakes?.fields[name] !== undefined);
  return {
    title: wrong.length > 0 || mistakes?.page ? 'release.titleError' : 'release.title',
    heading: `release.heading.${kind}`,
    lead: `release.lead.${kind}`,
    notice: mistakes?.page?.message,
    faults: wrong.map((name) => ({ field: attributeField(name), ...labelled(name) })),
    asks: consent !== undefined,
    shown: shownText(consent ?? []),
    told: claims.filter((name) => isKnown(facts[name])).map((name) => ({ ...labelled(name), ...toldValue(name, facts) })),
    later: claims.filter((name) => !isKnown(facts[name])).map(labelled),
    offline: consent?.includes(offline),
    fields: missing.map((name) => fieldData(name, mistakes?.fields[name], answer?.typed)),
    keepable,
    keep: answer?.keep,
    submit: consent ? 'release.agree' : 'release.continue',
    refuse: `release.refuse.${kind}`,
  };
}

const labelled = (name: string): PageData => ({ name, label: [`attribute.${name}`, 'attribute.other'] });

function toldValue(name: string, facts: Facts): PageData {
  const value = facts[name];
  if (typeof value === 'boolean') return { key: value ? 'release.yes' : 'release.no' };
  if (name === 'updatedAt' && typeof value === 'number') return { time: value * 1000 };
  if (Array.isArray(value)) return { items: value.map(String) };
  return { text: typeof value === 'object' && value !== null ? shownValue(Object.fromEntries(partsOf(value))) : String(value) };
}

const partsOf = (value: object): [string, string][] => Object.entries(value).map(([name, part]) => [name, String(part)]);

function fieldData(name: string, error: string | undefined, typed: Readonly<Record<string, string>> | undefined): PageData {
  const { type, autocomplete } = fieldOf(name);
  const value = typed && Object.hasOwn(typed, name) ? typed[name] : undefined;
  return { ...labelled(name), id: attributeField(name), type, autocomplete, longest: mostTyped, value, error };
}

/** The answer's status: that of what stands against the whole, else 400 for what may be typed better. */
export const releaseStatus = ({ mistakes }: ReleaseTurn): number =>
  mistakes?.page?.status ?? (Object.keys(mistakes?.fields ?? {}).length > 0 ? 400 : 200);
