import type { LoginAnswerer, LoginRequest } from './contract.js';

/** The one answerer of a protocol. @throws Error when the composition root forgot it */
export function answererOf(answerers: readonly LoginAnswerer[], protocol: LoginRequest['protocol']): LoginAnswerer {
  const answerer = answerers.find((each) => each.protocol === protocol);
  if (!answerer) throw new Error(`Nobody answers logins of the protocol ${protocol}`);
  return answerer;
}
