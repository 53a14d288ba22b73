import type { Settings } from '@foyer/platform';

/** Tells whoever started Foyer where it is, and once how to get in: plain text, for people. */
export function greet({ publicUrl }: Settings, administrator: { readonly username: string; readonly password: string } | undefined): void {
  const lines = [`Foyer      ${publicUrl}`, `Admin API  ${publicUrl}/api/docs`];
  if (administrator) lines.push(`Password of the user ${administrator.username}, shown this once: ${administrator.password}`);
  process.stdout.write(`\n${lines.join('\n')}\n\n`);
}
