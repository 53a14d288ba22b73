/** The external identity provider of the benchmark, in a process of its own: lets everybody in as the person that `login_hint` names. */
import { ScriptedProvider } from '../../support/scripted-provider.js';
import { claimsOf, providerPort } from './parties.js';

await ScriptedProvider.start(providerPort, (hint) => ({ sub: hint, claims: claimsOf(hint) }));
process.send?.('ready');
