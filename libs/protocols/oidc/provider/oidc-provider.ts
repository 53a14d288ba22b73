/**
 * The door to `oidc-provider`: the order of these imports keeps its notices off the console (see hold-notices.ts).
 */
import './hold-notices.js';
import { errors, ExternalSigningKey, interactionPolicy, Provider } from 'oidc-provider';
import './release-notices.js';

export { errors, ExternalSigningKey, interactionPolicy, Provider };
export { heldNotices } from './hold-notices.js';
