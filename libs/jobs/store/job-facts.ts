/** What is known of a job besides its payload. */
export interface JobFacts {
  readonly id: string;
  readonly kind: string;
  readonly subjectId: string;
  readonly sequence: number;
  readonly lane: string;
  readonly identityProviderId: string;
  readonly identityProvider: string;
  readonly loginId: string | null;
  readonly traceparent: string | null;
}
