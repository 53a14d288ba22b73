interface Waiting<I, O> {
  readonly item: I;
  readonly resolve: (output: O) => void;
  readonly reject: (error: unknown) => void;
}

/** Does together what is asked for while something is being done, so that many share a transaction or a round trip. One batch at a time. */
export class Batches<I, O> {
  private waiting: Waiting<I, O>[] = [];
  private working: Promise<void> | undefined;

  /** @param work does one batch, and returns what came of each of its items, in their order */
  constructor(
    private readonly work: (items: readonly I[]) => Promise<readonly O[]>,
    private readonly atOnce: number,
  ) {}

  /** Resolves or rejects with its batch. */
  add(item: I): Promise<O> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ item, resolve, reject });
      this.working ??= this.workOff();
    });
  }

  private async workOff(): Promise<void> {
    // What is asked for in the same turn of the event loop belongs together.
    await new Promise(setImmediate);
    while (this.waiting.length > 0) await this.workOn(this.waiting.splice(0, this.atOnce));
    this.working = undefined;
  }

  private async workOn(batch: readonly Waiting<I, O>[]): Promise<void> {
    try {
      const outputs = await this.work(batch.map(({ item }) => item));
      // As many as items, by contract.
      batch.forEach(({ resolve }, index) => resolve(outputs[index] as O));
    } catch (error) {
      for (const { reject } of batch) reject(error);
    }
  }
}
