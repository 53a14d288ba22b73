import type { Client, KoaContextWithOIDC } from 'oidc-provider';

const originOf = (uri: string): string | undefined => (URL.canParse(uri) ? new URL(uri).origin : undefined);

/** Whether a page of this origin may call the endpoints for a client: one of a public client's own, or any of the client's at userinfo. */
export function allowsOrigin(ctx: KoaContextWithOIDC, origin: string, client: Client): boolean {
  if (origin === 'null' || (ctx.oidc.route !== 'userinfo' && client.clientAuthMethod !== 'none')) return false;
  return client.redirectUris?.some((uri) => originOf(uri) === origin) ?? false;
}
