import { FoyerError } from '@foyer/platform';

/** Provisioning does not let somebody in: whose account it is, if it is known, is kept with the login and told to nobody. */
export class AccountDenied extends FoyerError {
  /** @param reason for an administrator */
  constructor(
    code: string,
    reason: string,
    readonly userId: string | undefined,
  ) {
    super('forbidden', code, 'The login was denied.', { cause: reason });
    this.name = 'AccountDenied';
  }
}
