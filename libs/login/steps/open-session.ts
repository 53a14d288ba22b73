import type { Clock } from '@foyer/platform';
import type { Authentications } from '../authentications.js';
import type { Step } from '../step.js';

/** Keeps who logged in for as long as a session lives: what later requests of the application and other applications stand on. */
export const openSession =
  (authentications: Authentications, sessionSeconds: number, clock: Clock): Step =>
  async (login) => {
    if (!login.authentication) throw new Error(`Login ${login.id}: nobody to open a session for`);
    const sessionUntil = clock.now() + sessionSeconds * 1000;
    await authentications.save(login.authentication, sessionUntil);
    return { stores: { sessionUntil } };
  };
