import type { AdminClient } from './admin-client.js';
import type { Site } from './site.js';

/** Somebody who watches jobs by server-sent events, and what they have been told. */
export class JobWatch {
  readonly events: { readonly event: string; readonly data: unknown }[] = [];
  ended = false;
  private text = '';

  private constructor(private readonly leave: AbortController) {}

  static async open(site: Site, { authorization }: AdminClient): Promise<JobWatch> {
    const leave = new AbortController();
    const response = await fetch(`${site.url}/api/v1/jobs/events`, { headers: { authorization }, signal: leave.signal });
    if (!response.ok || !response.body) throw new Error(`The events of jobs answered ${response.status}`);
    const watch = new JobWatch(leave);
    void watch.read(response.body);
    return watch;
  }

  close(): void {
    this.leave.abort();
  }

  /** Whether it was told that a job has a status. */
  saw(id: unknown, status: string): boolean {
    return this.events.some(({ event, data }) => event === 'jobs' && JSON.stringify(data).includes(JSON.stringify({ id, status })));
  }

  private async read(body: ReadableStream<Uint8Array>): Promise<void> {
    const decoder = new TextDecoder();
    try {
      for await (const chunk of body) this.take(decoder.decode(chunk, { stream: true }));
    } catch {
      // Left, or cut off.
    }
    this.ended = true;
  }

  private take(chunk: string): void {
    this.text += chunk;
    const blocks = this.text.split('\n\n');
    this.text = blocks.pop() ?? '';
    for (const block of blocks) {
      const [, event, data] = /^event: (\w+)\ndata: (.*)$/.exec(block) ?? [];
      if (event !== undefined && data !== undefined) this.events.push({ event, data: JSON.parse(data) as unknown });
    }
  }
}
