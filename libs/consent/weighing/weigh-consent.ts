import type { ConsentPurpose, PurposeAttribute } from '../purposes/purpose.js';
import type { ConsentDecision, CurrentReceipt } from '../receipts/receipt.js';

/** What a person said about one purpose on a page. */
export interface ConsentAnswer {
  /** The purpose's name. */
  readonly purpose: string;
  readonly version: number;
  /** The attributes that the page showed: an answer to another list than the purpose has now is stale. */
  readonly offered: readonly string[];
  /** Those that the person ticked. */
  readonly accepted: readonly string[];
}

export interface ConsentInput {
  /** Those that apply now, in the order in which they are asked. */
  readonly purposes: readonly ConsentPurpose[];
  /** The latest of each purpose, of one person. */
  readonly receipts: readonly CurrentReceipt[];
  readonly answer?: readonly ConsentAnswer[];
}

/** A purpose that needs a decision: without its texts, so that it can stand in a plan. */
export interface AskedPurpose {
  /** The purpose's name. */
  readonly purpose: string;
  readonly version: number;
  readonly builtIn: boolean;
  readonly attributes: readonly AskedAttribute[];
  /** Why it is asked: for the first time, for a new version, for attributes that came to the built-in purpose, or again. */
  readonly because: 'first' | 'version' | 'attributes' | 'refused' | 'revoked';
}

export interface AskedAttribute extends PurposeAttribute {
  readonly tickedBefore: boolean;
}

export interface WeighedConsent {
  /** What still needs a decision. While there is any, nothing is decided about the attributes of these purposes. */
  readonly ask: readonly AskedPurpose[];
  /** Receipts to record, from the answer. */
  readonly decisions: readonly ConsentDecision[];
  /** The first purpose of which a mandatory attribute is refused, by the answer or by the latest receipt. */
  readonly refusedMandatory: ConsentPurpose | undefined;
  /**
   * What consent says about storing an attribute and sending it on: `uncovered` when no purpose speaks of it, `accepted` when at least one purpose
   * that covers it is accepted for it, `withheld` otherwise.
   */
  readonly justifies: (attribute: string) => 'uncovered' | 'accepted' | 'withheld';
}

interface Standing {
  readonly purpose: ConsentPurpose;
  readonly question: AskedPurpose | undefined;
  readonly decision: ConsentDecision | undefined;
  /** What holds for the purpose's present version: the decision, or else the receipt. */
  readonly holds: Pick<ConsentDecision, 'accepted' | 'state'> | undefined;
}

/** Compares what is asked with what was decided. Pure. */
export function weighConsent({ purposes, receipts, answer = [] }: ConsentInput): WeighedConsent {
  const latest = new Map(receipts.map((receipt) => [receipt.purposeId, receipt]));
  const standings = purposes.map((purpose) => standingOf(purpose, latest.get(purpose.id), answer));
  const verdicts = verdictsOf(standings);
  return {
    ask: standings.flatMap(({ question, decision }) => (question && !decision ? question : [])),
    decisions: standings.flatMap(({ decision }) => decision ?? []),
    refusedMandatory: standings.find(({ holds }) => holds?.state === 'refused')?.purpose,
    justifies: (attribute) => verdicts.get(attribute) ?? 'uncovered',
  };
}

/** An answer to what is not asked counts for nothing: sent twice, it is recorded once. */
function standingOf(purpose: ConsentPurpose, receipt: CurrentReceipt | undefined, answers: readonly ConsentAnswer[]): Standing {
  const question = questionOf(purpose, receipt);
  const answer = question && answers.find((one) => isAbout(purpose, one));
  const decision = answer && decide(purpose, answer.accepted);
  return { purpose, question, decision, holds: decision ?? heldBy(purpose, receipt) };
}

function questionOf(purpose: ConsentPurpose, receipt: CurrentReceipt | undefined): AskedPurpose | undefined {
  const because = reasonToAsk(purpose, receipt);
  if (!because) return undefined;
  const before = new Set(receipt?.accepted);
  const attributes = purpose.attributes.map(({ name, mandatory }) => ({ name, mandatory, tickedBefore: before.has(name) }));
  return { purpose: purpose.name, version: purpose.version, builtIn: purpose.builtIn, attributes, because };
}

function reasonToAsk(purpose: ConsentPurpose, receipt: CurrentReceipt | undefined): AskedPurpose['because'] | undefined {
  if (!receipt) return 'first';
  if (receipt.state === 'revoked') return 'revoked';
  if (receipt.version < purpose.version) return 'version';
  if (isRefused(purpose, receipt)) return 'refused';
  // Nobody counts up the version of the built-in purpose when a mapping is added.
  const decided = new Set([...receipt.accepted, ...receipt.refused]);
  return purpose.builtIn && purpose.attributes.some(({ name }) => !decided.has(name)) ? 'attributes' : undefined;
}

/** An attribute may have become mandatory since it was refused. */
const isRefused = ({ attributes }: ConsentPurpose, { state, refused }: Pick<CurrentReceipt, 'state' | 'refused'>): boolean =>
  state === 'refused' || attributes.some(({ name, mandatory }) => mandatory && refused.includes(name));

function isAbout({ name, version, attributes }: ConsentPurpose, answer: ConsentAnswer): boolean {
  const offered = new Set(answer.offered);
  const same = offered.size === attributes.length && attributes.every((attribute) => offered.has(attribute.name));
  return answer.purpose === name && answer.version === version && same;
}

function decide(purpose: ConsentPurpose, ticked: readonly string[]): ConsentDecision {
  const names = purpose.attributes.map(({ name }) => name);
  const accepted = names.filter((name) => ticked.includes(name));
  const refused = names.filter((name) => !ticked.includes(name));
  return {
    purposeId: purpose.id,
    purpose: purpose.name,
    version: purpose.version,
    notice: purpose.builtIn ? null : purpose.notice,
    accepted,
    refused,
    state: isRefused(purpose, { state: 'accepted', refused }) ? 'refused' : 'accepted',
  };
}

/** A receipt holds until it is revoked, or the purpose has a higher version. */
function heldBy(purpose: ConsentPurpose, receipt: CurrentReceipt | undefined): Standing['holds'] {
  if (!receipt || receipt.state === 'revoked' || receipt.version < purpose.version) return undefined;
  return { accepted: receipt.accepted, state: isRefused(purpose, receipt) ? 'refused' : 'accepted' };
}

function verdictsOf(standings: readonly Standing[]): ReadonlyMap<string, 'accepted' | 'withheld'> {
  const verdicts = new Map<string, 'accepted' | 'withheld'>();
  for (const { purpose, holds } of standings) {
    const accepted = new Set(holds?.state === 'accepted' ? holds.accepted : []);
    for (const { name } of purpose.attributes) {
      if (accepted.has(name)) verdicts.set(name, 'accepted');
      else if (!verdicts.has(name)) verdicts.set(name, 'withheld');
    }
  }
  return verdicts;
}
