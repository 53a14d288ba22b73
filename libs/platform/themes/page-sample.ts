type SampleData = Readonly<Record<string, unknown>>;

/**
 * A page in one of its states, as `foyer theme preview` shows it and tests look at it. Samples stand beside the code that makes the page's data; every
 * template has at least one, and every state in which a page looks different has its own.
 */
export interface PageSample {
  readonly template: string;
  /** A few words for whoever chooses it, such as `with a mistake`; unique among the samples of the template. */
  readonly state: string;
  /** As the page's code hands it on: a function, where it depends on the language that the page is in (BCP 47). */
  readonly data: SampleData | ((language: string) => SampleData);
}
