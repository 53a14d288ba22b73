import { parse, type DefaultTreeAdapterTypes } from 'parse5';

type Node = DefaultTreeAdapterTypes.Node;
type Element = DefaultTreeAdapterTypes.Element;

/** A form as a browser would send it. */
export interface Form {
  readonly method: 'GET' | 'POST';
  /** Absolute. */
  readonly action: string;
  /** What the fields hold, by name, without buttons. */
  readonly fields: Readonly<Record<string, string>>;
  readonly buttons: readonly Button[];
}

export interface Button {
  readonly label: string;
  readonly name?: string;
  readonly value: string;
}

export interface Link {
  readonly label: string;
  /** Absolute. */
  readonly href: string;
}

/** What a person could read, click and fill in on a page. */
export interface Document {
  readonly title: string;
  /** The text of the body, with single spaces. */
  readonly text: string;
  readonly links: readonly Link[];
  readonly forms: readonly Form[];
}

const isElement = (node: Node): node is Element => 'tagName' in node;

function* elementsBelow(node: Node): Generator<Element> {
  if (!('childNodes' in node)) return;
  for (const child of node.childNodes) {
    if (isElement(child)) yield child;
    yield* elementsBelow(child);
  }
}

const attribute = (element: Element, name: string): string | undefined => element.attrs.find((candidate) => candidate.name === name)?.value;

function textOf(node: Node, isLeftOut: (element: Element) => boolean = () => false): string {
  if ('value' in node) return node.value;
  if (isElement(node) && (['script', 'style', 'template'].includes(node.tagName) || isLeftOut(node))) return '';
  return 'childNodes' in node ? node.childNodes.map((child) => textOf(child, isLeftOut)).join(' ') : '';
}

/** The accessible name: ornaments (`aria-hidden`) are no part of it. */
const labelOf = (element: Element): string => spaced(textOf(element, (inner) => attribute(inner, 'aria-hidden') === 'true'));

const spaced = (text: string): string => text.replace(/\s+/g, ' ').trim();

function selectedOption(select: Element): string {
  const options = [...elementsBelow(select)].filter(({ tagName }) => tagName === 'option');
  const chosen = options.find((option) => attribute(option, 'selected') !== undefined) ?? options[0];
  return chosen ? (attribute(chosen, 'value') ?? spaced(textOf(chosen))) : '';
}

/** The value that a field is sent with; undefined when it is not sent (HTML §4.10.21.4). */
function fieldValue(element: Element): string | undefined {
  if (element.tagName === 'select') return selectedOption(element);
  if (element.tagName === 'textarea') return textOf(element);
  const type = attribute(element, 'type')?.toLowerCase();
  if (type === 'checkbox' || type === 'radio')
    return attribute(element, 'checked') === undefined ? undefined : (attribute(element, 'value') ?? 'on');
  return attribute(element, 'value') ?? '';
}

function isButton(element: Element): boolean {
  const type = attribute(element, 'type')?.toLowerCase();
  return element.tagName === 'button' ? type === undefined || type === 'submit' : element.tagName === 'input' && type === 'submit';
}

const isField = (element: Element): boolean =>
  ['input', 'select', 'textarea'].includes(element.tagName) &&
  !['submit', 'button', 'image', 'reset', 'file'].includes(attribute(element, 'type')?.toLowerCase() ?? '');

function readForm(form: Element, all: readonly Element[], base: string): Form {
  const inside = new Set(elementsBelow(form));
  const id = attribute(form, 'id');
  const members = all.filter((element) => {
    const owner = attribute(element, 'form');
    return (owner === undefined ? inside.has(element) : owner === id) && attribute(element, 'disabled') === undefined;
  });
  const fields: Record<string, string> = {};
  for (const element of members.filter(isField)) {
    const name = attribute(element, 'name');
    const value = fieldValue(element);
    if (name && value !== undefined) fields[name] = value;
  }
  const buttons = members.filter(isButton).map((element) => ({
    label: element.tagName === 'button' ? labelOf(element) : spaced(attribute(element, 'value') ?? ''),
    name: attribute(element, 'name'),
    value: attribute(element, 'value') ?? '',
  }));
  const method = attribute(form, 'method')?.toUpperCase() === 'POST' ? 'POST' : 'GET';
  return { method, action: new URL(attribute(form, 'action') || base, base).href, fields, buttons };
}

/** @param url the address of the page: what its relative addresses start from */
export function readDocument(text: string, url: string): Document {
  const all = [...elementsBelow(parse(text, { scriptingEnabled: false }))];
  const first = (tagName: string): Element | undefined => all.find((element) => element.tagName === tagName);
  const title = first('title');
  const body = first('body');
  return {
    title: title ? spaced(textOf(title)) : '',
    text: body ? spaced(textOf(body)) : '',
    links: all.flatMap((element) => {
      const href = element.tagName === 'a' ? attribute(element, 'href') : undefined;
      return href === undefined ? [] : [{ label: labelOf(element), href: new URL(href, url).href }];
    }),
    forms: all.filter(({ tagName }) => tagName === 'form').map((form) => readForm(form, all, url)),
  };
}
