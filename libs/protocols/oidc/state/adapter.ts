import type { Adapter, AdapterPayload } from 'oidc-provider';

/** What most adapters do: they find by id. An operation that a model does not have fails, except revoking by grant, which all do elsewhere. */
export abstract class ModelAdapter implements Adapter {
  constructor(protected readonly kind: string) {}

  abstract find(id: string): Promise<AdapterPayload | undefined>;

  async upsert(_id: string, _payload: AdapterPayload, _expiresIn?: number): Promise<void> {
    this.unsupported('stored');
  }

  async findByUid(_uid: string): Promise<AdapterPayload | undefined> {
    return this.unsupported('found by uid');
  }

  async findByUserCode(_userCode: string): Promise<AdapterPayload | undefined> {
    return this.unsupported('found by user code');
  }

  async consume(_id: string): Promise<void> {
    this.unsupported('consumed');
  }

  async destroy(_id: string): Promise<void> {
    this.unsupported('destroyed');
  }

  /** Each use of a token looks its grant up, so that revoking the grant (`GrantAdapter.destroy`, called with this) revokes its tokens. */
  async revokeByGrantId(_grantId: string): Promise<void> {}

  private unsupported(what: string): never {
    throw new Error(`${this.kind} cannot be ${what}`);
  }
}
