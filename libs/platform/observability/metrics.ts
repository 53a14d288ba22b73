import { Counter, Gauge, Histogram, Registry } from 'prom-client';

/** Upper bounds in seconds for what a person waits for. */
const defaultBuckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** A value that was read, and of what. */
export interface Observation<L extends string> {
  readonly labels: Readonly<Record<L, string>>;
  readonly value: number;
}

/**
 * The metrics of a process, all named `foyer_…`. Asking for a name again gives the same metric. The values of a label must be few: names of
 * identity providers and outcomes, never people or ids.
 */
export class Metrics {
  private readonly registry = new Registry();

  constructor() {
    this.observed('process_resident_memory_bytes', 'Memory of the process that is in RAM.', () => process.memoryUsage.rss());
    this.observed('process_cpu_seconds', 'User and system CPU time of the process since its start.', () => {
      const { user, system } = process.cpuUsage();
      return (user + system) / 1_000_000;
    });
    this.observed('process_uptime_seconds', 'Time since the start of the process.', () => process.uptime());
  }

  counter<L extends string = never>(name: string, help: string, labels: readonly L[] = []): Counter<L> {
    return this.once(name, (full) => new Counter({ name: full, help, labelNames: labels, registers: [this.registry] }));
  }

  gauge<L extends string = never>(name: string, help: string, labels: readonly L[] = []): Gauge<L> {
    return this.once(name, (full) => new Gauge({ name: full, help, labelNames: labels, registers: [this.registry] }));
  }

  /** @param buckets upper bounds in the unit of the name, seconds by default */
  histogram<L extends string = never>(
    name: string,
    help: string,
    labels: readonly L[] = [],
    buckets: readonly number[] = defaultBuckets,
  ): Histogram<L> {
    return this.once(
      name,
      (full) => new Histogram({ name: full, help, labelNames: labels, buckets: [...buckets], registers: [this.registry] }),
    );
  }

  /** A value that is read whenever the metrics are. */
  observed(name: string, help: string, read: () => number): void {
    this.once(name, (full) => {
      return new Gauge({
        name: full,
        help,
        registers: [this.registry],
        collect() {
          this.set(read());
        },
      });
    });
  }

  /**
   * Values that are read whenever the metrics are, one for each set of labels. While `read` rejects there are none, and the other metrics are there all
   * the same.
   */
  observedEach<L extends string>(
    name: string,
    help: string,
    labels: readonly L[],
    read: () => readonly Observation<L>[] | Promise<readonly Observation<L>[]>,
  ): void {
    this.once(name, (full) => {
      return new Gauge({
        name: full,
        help,
        labelNames: labels,
        registers: [this.registry],
        async collect() {
          const observed = await observedBy(read);
          this.reset();
          // Without labels it would be 0, which is a value.
          if (labels.length === 0) this.remove({});
          for (const { labels: own, value } of observed) this.set(own, value);
        },
      });
    });
  }

  /** In the text format of Prometheus. */
  async text(): Promise<{ readonly contentType: string; readonly body: string }> {
    return { contentType: this.registry.contentType, body: await this.registry.metrics() };
  }

  private once<M extends Counter<never> | Gauge<never> | Histogram<never>>(name: string, create: (fullName: string) => M): M {
    const fullName = `foyer_${name}`;
    const known = this.registry.getSingleMetric(fullName);
    // One name is one kind of metric: whoever asks for it again declares it alike.
    return known ? (known as unknown as M) : create(fullName);
  }
}

async function observedBy<L extends string>(
  read: () => readonly Observation<L>[] | Promise<readonly Observation<L>[]>,
): Promise<readonly Observation<L>[]> {
  try {
    return await read();
  } catch {
    return [];
  }
}
