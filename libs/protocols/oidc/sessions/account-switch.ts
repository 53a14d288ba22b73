import { resumePath } from '../interactions/oidc-login-answerer.js';
import type { Provider } from '../provider/oidc-provider.js';
import { endSession } from './session-end.js';

/**
 * Somebody else logs in in the browser of a living session: the old session ends, and the login goes on in a new one. `oidc-provider` by itself
 * would have the browser post a logout form first.
 */
export function switchAccounts(provider: Provider): void {
  const { Session, Interaction } = provider;
  const get = Session.get.bind(Session);
  Object.defineProperty(Session, 'get', {
    value: async (ctx: Parameters<typeof get>[0]) => {
      const session = await get(ctx);
      const uid = interactionOf(ctx);
      if (session.accountId === undefined || uid === undefined) return session;
      const answered = (await Interaction.find(uid))?.result?.login;
      if (!answered || answered.accountId === session.accountId) return session;
      await endSession(provider, session);
      return get(ctx);
    },
  });
}

/** The last part of the path by which an authorization request goes on. */
function interactionOf({ path }: { readonly path: string }): string | undefined {
  return path.startsWith(resumePath) ? path.slice(resumePath.length) : undefined;
}
