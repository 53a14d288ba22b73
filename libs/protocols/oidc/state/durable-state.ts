/**
 * The kinds of state of this lib that a cluster must not lose with its Redis: refresh tokens, and what keeps codes, assertions and revoked grants from
 * being used again. Sessions, interactions and pushed requests may be lost: then people log in again.
 */
export const durableOidcState: readonly string[] = ['RefreshToken', 'RevokedGrant', 'UsedCode', 'ReplayDetection'];
