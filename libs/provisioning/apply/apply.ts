import { Inject, Injectable } from '@nestjs/common';
import { Receipts } from '@foyer/consent';
import { isJobLost, isJobOvertaken } from '@foyer/jobs';
import { Journal } from '@foyer/journal';
import { CLOCK, Database, FoyerError, forUpdate, type Clock, type Transaction } from '@foyer/platform';
import { hasOwner, USER_REGISTRY, USER_STORE_DIRECTORY, type UserRegistry, type UserStoreDirectory } from '@foyer/userstores';
import { AccountLinks } from '../linking/account-links.js';
import { changesAccount } from '../plan/decision.js';
import { stepOf, type LinkAccount, type ProvisioningPlan, type QueueJob } from '../plan/plan-steps.js';
import { accountWrites, isLike, newAccount, reservedMeanwhile } from './account-writes.js';
import { isOvertaken, StalePlan, storeFailure, type Applied } from './applied.js';
import { journalEntry, type Occasion } from './journal-entry.js';
import { preparedPassword } from './password.js';
import { basedOn, countsAtOnce, linkOf, takesOwnership, type AccountWork, type Beside, type Claimed, type Work } from './work.js';
import { Deferrals } from '../deferred/deferrals.js';
import type { ProvisionPayload } from '../deferred/provision-job.js';

/**
 * Executes provisioning plans. Applying one again changes nothing, after a crash at any point too, and writes no second journal entry.
 *
 * What lives in Foyer's own database is written in one transaction: link, registry, account and journal. A store elsewhere is written outside of
 * any transaction, by operations that are idempotent by the user's id, between two transactions: the first reserves (link, id, username), the
 * second activates and writes the journal. Whatever happens in between, the next login of the person finds the reservation and carries on.
 */
@Injectable()
export class PlanApplier {
  /** Creations that are on their way in this process, by user id: simultaneous first logins of one person ask the store once. */
  private readonly creations = new Map<string, Promise<void>>();

  constructor(
    private readonly database: Database,
    private readonly links: AccountLinks,
    private readonly journal: Journal,
    private readonly receipts: Receipts,
    private readonly deferrals: Deferrals,
    @Inject(USER_REGISTRY) private readonly registry: UserRegistry,
    @Inject(USER_STORE_DIRECTORY) private readonly stores: UserStoreDirectory,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * @param beside what no plan holds, and this request has
   * @param job which does it: then it ends with the last transaction
   * @throws only what is no store's failure, such as an error of Foyer's own database
   */
  async apply(plan: ProvisioningPlan, occasion: Occasion, beside: Beside = {}, job?: Claimed): Promise<Applied> {
    try {
      await this.execute({ plan, occasion, job }, beside);
      return { status: 'applied' };
    } catch (error) {
      // Nobody but its owner takes the name away that a login reserved.
      const taken = job && error instanceof FoyerError && error.code === 'username.taken';
      if (isOvertaken(error) && !taken)
        return (await this.journal.has(this.database.read, plan.id)) ? { status: 'applied' } : { status: 'stale' };
      if (error instanceof FoyerError) return { status: 'failed', failure: storeFailure(error), cause: error };
      throw error;
    }
  }

  private async execute(work: Work, { said, ...secrets }: Beside): Promise<void> {
    const { account, outcome, steps } = work.plan;
    if (outcome === 'prompt') throw new TypeError('A plan that asks the person first cannot be applied');
    const queueJob = stepOf(work.plan, 'queueJob');
    if (queueJob) return this.defer(work, queueJob, said);
    if (account === null || (outcome !== 'create' && outcome !== 'link' && !steps.some(changesAccount))) return this.record(work);
    const domain = this.stores.find(account.userStore);
    if (!domain) throw new StalePlan();
    const { store } = domain;
    const { transactional } = store.capabilities;
    const accountWork = { ...work, account, store, password: await preparedPassword(work.plan, domain, secrets) };
    if (outcome === 'create') return transactional ? this.createInside(accountWork) : this.createOutside(accountWork);
    return transactional ? this.updateInside(accountWork) : this.updateOutside(accountWork);
  }

  /** What a login decided is reserved, and its job committed, in one transaction. */
  private async defer(work: Work, queueJob: QueueJob, said: ProvisionPayload | undefined): Promise<void> {
    const { plan, occasion } = work;
    if (!said) throw new TypeError('A plan that queues a job needs the external identity');
    const job = this.deferrals.jobOf(plan, queueJob, said, occasion);
    const link = stepOf(plan, 'linkAccount');
    const added = await this.database.transaction(async (tx) => {
      const { id } = await this.deferrals.add(tx, job);
      if (link) await this.writeLink(tx, work, link, 'reserved');
      if (!queueJob.noted) await this.links.defer(tx, plan.person, this.clock.now());
      if (plan.account && !plan.account.basedOn) await this.register(tx, { plan, account: plan.account }, 'creating');
      if (plan.account && plan.steps.some(countsAtOnce)) {
        const ofAccount = { plan, account: plan.account };
        await this.change(tx, ofAccount, basedOn(ofAccount).version, accountWrites(plan).registry);
      }
      await this.tell(tx, work);
      return id;
    });
    this.deferrals.announce(added);
  }

  /** Nothing changes but the link, at most. */
  private async record(work: Work): Promise<void> {
    const link = stepOf(work.plan, 'linkAccount');
    await this.finish(work, async (tx) => {
      if (link) await this.writeLink(tx, work, link, 'reserved');
    });
  }

  private async createInside(work: AccountWork): Promise<void> {
    const link = linkOf(work.plan);
    await this.finish(work, async (tx) => {
      await this.writeLink(tx, work, link, 'active');
      if (work.account.basedOn) await this.carryOn(tx, work, work.account.basedOn.version);
      else await this.register(tx, work, 'active');
      await this.createAccount(work, tx);
    });
  }

  private async createOutside(work: AccountWork): Promise<void> {
    const link = linkOf(work.plan);
    const version = await this.write(work, async (tx) => {
      await this.writeLink(tx, work, link, 'reserved');
      return this.reserve(tx, work);
    });
    try {
      await this.createOnce(work);
    } catch (error) {
      if (!work.job && error instanceof FoyerError && error.code === 'username.taken') await this.giveUp(work);
      throw error;
    }
    try {
      await this.finish(work, async (tx) => {
        await this.carryOn(tx, work, version);
        if (!(await this.links.activate(tx, link, this.clock.now()))) throw new StalePlan();
      });
    } catch (error) {
      // Whoever deletes a user overtakes the jobs, too.
      if (error instanceof StalePlan || isJobOvertaken(error) || isJobLost(error)) await this.takeBack(work);
      throw error;
    }
  }

  private async updateInside(work: AccountWork): Promise<void> {
    const { changes, registry } = accountWrites(work.plan);
    await this.finish(work, async (tx) => {
      await this.change(tx, work, basedOn(work).version, registry);
      if (changes) await work.store.update(work.account.userId, changes, tx);
      await this.linkExisting(tx, work);
    });
  }

  private async updateOutside(work: AccountWork): Promise<void> {
    const { changes, registry, registryMeanwhile } = accountWrites(work.plan);
    const { version } = basedOn(work);
    await this.write(work, (tx) => this.change(tx, work, version, registryMeanwhile));
    if (changes) await work.store.update(work.account.userId, changes);
    await this.finish(work, async (tx) => {
      await this.change(tx, work, version + 1, registry);
      await this.linkExisting(tx, work);
    });
  }

  /** An account that existed gets the link last: what fails before leaves nothing that could be logged in by. */
  private async linkExisting(tx: Transaction, work: AccountWork): Promise<void> {
    const link = work.plan.outcome === 'link' ? linkOf(work.plan) : undefined;
    if (link) await this.writeLink(tx, work, link, 'active');
  }

  /** Changes the registry's row if nobody else did since. */
  private async change(
    tx: Transaction,
    { account, plan }: Pick<AccountWork, 'account' | 'plan'>,
    version: number,
    changes: Parameters<UserRegistry['update']>[2],
  ): Promise<void> {
    const user = await this.registry.lock(tx, account.userId);
    if (user?.version !== version) throw new StalePlan();
    const losesFoyer = plan.steps.some(takesOwnership);
    if (losesFoyer && !(await hasOwner(tx, account.userId, forUpdate(tx)))) throw new StalePlan();
    await this.registry.update(tx, account.userId, changes, this.clock.now());
  }

  private async register(
    tx: Transaction,
    { plan, account }: Pick<AccountWork, 'account' | 'plan'>,
    status: 'creating' | 'active',
  ): Promise<void> {
    const { origins, grants, email, keys } = accountWrites(plan).registry;
    const { userId: id, userStore, username } = account;
    const createdAt = this.clock.now();
    await this.registry.insert(tx, {
      id,
      userStore,
      username,
      status,
      enabled: true,
      origins: origins ?? {},
      ...(grants && { grants }),
      ...(email && { email }),
      ...(keys && { keys }),
      createdAt,
    });
  }

  /**
   * The user is there before the account: whose the values and roles are is known before the store has them, also where the user was reserved by a login
   * that knew less or something else. @returns the version of the registry's row
   */
  private async reserve(tx: Transaction, work: AccountWork): Promise<number> {
    const { plan, account } = work;
    // Nobody else registers this id, and whoever locks what is not there is in the way of everybody who registers somebody.
    const isThere = (await this.registry.find(tx, account.userId)) !== undefined;
    if (!isThere) await this.register(tx, work, 'creating');
    const user = await this.registry.lock(tx, account.userId);
    if (user?.status !== 'creating') throw new StalePlan();
    const changes = account.basedOn && reservedMeanwhile(plan, user);
    // Whose job it is may have taken back since what the plan stands on: they are logged in already.
    if ((work.job || changes) && account.basedOn?.version !== user.version) throw new StalePlan();
    if (!changes) return user.version;
    await this.registry.update(tx, account.userId, changes, this.clock.now());
    return user.version + 1;
  }

  /** Brings a reserved user to what the plan says, and into use, if nobody else did since. */
  private async carryOn(tx: Transaction, { plan, account }: AccountWork, version: number): Promise<void> {
    const user = await this.registry.lock(tx, account.userId);
    if (user?.version !== version) throw new StalePlan();
    const now = this.clock.now();
    if (account.basedOn) await this.registry.update(tx, account.userId, accountWrites(plan).registry, now);
    await this.registry.activate(tx, account.userId, now);
  }

  private createOnce(work: AccountWork): Promise<void> {
    const { userId } = work.account;
    const running = this.creations.get(userId);
    if (running) return running;
    const creation = this.createAccount(work).finally(() => this.creations.delete(userId));
    this.creations.set(userId, creation);
    return creation;
  }

  private async createAccount({ plan, account, store, password }: AccountWork, tx?: Transaction): Promise<void> {
    if (!stepOf(plan, 'createUser')?.inStore) {
      const wanted = newAccount(plan, account, password);
      // An earlier try got there after all. If it was another plan's, only one that knows of it can tell what is to be done.
      if (!(await store.create(wanted, tx)) && !isLike(await store.find(account.userId, tx), wanted)) throw new StalePlan();
      return;
    }
    const { changes } = accountWrites(plan);
    if (changes) await store.update(account.userId, changes, tx);
    if (password) await store.setPassword(account.userId, password, tx);
  }

  /** The store has that username although the registry had not: the reservation of the name ends, that of the id stays. */
  private async giveUp({ account }: AccountWork): Promise<void> {
    await this.database.transaction(async (tx) => {
      const user = await this.registry.lock(tx, account.userId);
      if (user?.status === 'creating') await this.registry.remove(tx, account.userId);
    });
  }

  /** The user was deleted while the store created the account: the account goes, too. Otherwise another login was faster, and it stays. */
  private async takeBack({ account, store }: AccountWork): Promise<void> {
    const user = await this.registry.find(this.database.read, account.userId);
    if (!user) await store.delete(account.userId);
  }

  private async writeLink(tx: Transaction, { plan }: Work, link: LinkAccount, status: LinkAccount['status']): Promise<void> {
    if (!(await this.links.write(tx, plan.person, link, status, this.clock.now()))) throw new StalePlan();
  }

  /** A transaction of a plan: one of a job writes only while the job is ours. */
  private write<T>({ job }: Work, work: (tx: Transaction) => Promise<T>): Promise<T> {
    return this.database.transaction(async (tx) => {
      await job?.guard(tx);
      return work(tx);
    });
  }

  /** The last transaction of a plan. Whose jobs it makes up for is locked first, as jobs do. */
  private finish(work: Work, last: (tx: Transaction) => Promise<void>): Promise<void> {
    const { plan } = work;
    return this.write(work, async (tx) => {
      if (stepOf(plan, 'supersedeJobs') && plan.account) await this.deferrals.supersede(tx, plan.person, plan.account.userId);
      await last(tx);
      await this.tell(tx, work);
    });
  }

  /** Receipts and the journal, in the transaction with which a plan is done, and with it the job that did it. */
  private async tell(tx: Transaction, { plan, occasion, job }: Work): Promise<void> {
    const receipts = plan.steps.flatMap((step) => (step.type === 'recordConsent' ? step.receipt : []));
    if (receipts.length > 0) await this.receipts.record(tx, receipts);
    const revoked = stepOf(plan, 'revokeConsent');
    if (revoked) await this.receipts.revoke(tx, revoked.receiptId, this.clock.now());
    await this.journal.append(tx, journalEntry(plan, occasion, this.clock.now()));
    await job?.complete(tx);
  }
}
