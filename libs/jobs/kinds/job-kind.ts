/** A kind of job, and what its jobs know. Whoever adds such jobs has one, declares it (`JobKinds`), and whoever does them handles it. */
export interface JobKind<P> {
  /** At most 32 characters, such as `provision`. */
  readonly name: string;
  /**
   * Of its payloads, from 1. Counted up with a payload that a worker of the version before would do wrongly: such a worker leaves the job to one that
   * knows it, and a newer one still reads what was added before.
   */
  readonly version: number;
  /**
   * Makes a payload of what was stored, which may come from an older version of Foyer.
   * @param version at most the kind's own
   * @throws when it is no payload of that version: then the job is dead at once
   */
  read(stored: unknown, version: number): P;
}
