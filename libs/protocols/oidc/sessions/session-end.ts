import type { Provider } from '../provider/oidc-provider.js';

interface EndingSession {
  readonly jti: string;
  readonly authorizations?: Readonly<Record<string, { readonly grantId?: string; readonly persistsLogout?: boolean }>>;
}

/** Ends a session and the grants that it gave, except those that outlive it (`offline_access`). */
export async function endSession(provider: Provider, session: EndingSession): Promise<void> {
  for (const { grantId, persistsLogout } of Object.values(session.authorizations ?? {})) {
    if (grantId !== undefined && !persistsLogout) await provider.Grant.adapter.destroy(grantId);
  }
  await provider.Session.adapter.destroy(session.jti);
}
