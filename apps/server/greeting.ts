import type { INestApplication } from '@nestjs/common';
import type { Settings } from '@foyer/platform';

/** What whoever started Foyer reads: where it is. Plain text, before the log's JSON takes over. */
export async function greet(_app: INestApplication, { publicUrl }: Settings): Promise<void> {
  process.stdout.write(`\nFoyer      ${publicUrl}\nAdmin API  ${publicUrl}/api/docs\n\n`);
}
