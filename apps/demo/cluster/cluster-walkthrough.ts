import { setTimeout as delay } from 'node:timers/promises';
import { AdminApi, isAdminJob, isAdminUser, type AdminJob } from '../admin-api.js';
import { Browser } from '../browserless/index.js';
import type { Demo } from '../demo.js';
import type { Person } from '../identity-provider/index.js';
import { indented, must, Walkthrough, type Print } from '../walkthrough.js';
import { FoyerCluster } from './foyer-cluster.js';

const lane = 'idp:demo-idp';
const patienceMs = 30_000;
const everyMs = 100;

/** Goes through the demo of a cluster: a login that does not wait for its account, the job that it leaves, and a server that ends. */
export class ClusterWalkthrough {
  constructor(
    private readonly demo: Demo,
    private readonly print: Print,
  ) {}

  /** @throws Error that says what was expected and what came instead */
  async run(person: Person): Promise<void> {
    const { foyer, secrets } = this.demo;
    const api = await AdminApi.authenticate(foyer.url, secrets.adminClientSecret);
    const { etag } = await api.change('POST', '/jobs/pauses', { lane });
    this.print(`✓ The jobs of the identity provider are paused, as if every worker were busy`);
    const parties = new Walkthrough(this.demo, this.print);
    const userId = await parties.logInAndShowClaims(new Browser(), person);
    const waiting = await this.job(api, userId, ({ status }) => status === 'waiting');
    this.print(`✓ The login did not wait for the account. It left a job, which holds no claims:\n${indented(waiting)}`);
    await api.change('DELETE', `/jobs/pauses/${encodeURIComponent(lane)}`, undefined, etag);
    const done = await this.job(api, userId, ({ id, endedAt }) => id === waiting.id && endedAt !== null);
    must(done.status === 'done', `The job ended as ${done.status}:\n${indented(done)}`);
    this.print(`✓ Jobs go on, and ${done.worker ?? 'nobody'} has done it`);
    await this.showAccount(api, userId, person);

    this.print('');
    await this.endServer();
    const again = await parties.logInAndShowClaims(new Browser(), person);
    must(again === userId, `The second login came as ${again}, the first as ${userId}`);
    this.print('✓ A fresh browser, one server less: the same subject');
  }

  private async showAccount(api: AdminApi, userId: string, { username, claims }: Person): Promise<void> {
    const account = await api.get(`/users/${userId}`);
    must(isAdminUser(account) && account.username === username, `The account is not ${username}'s:\n${indented(account)}`);
    must(
      account.links.some(({ subject, active }) => active && subject === claims.sub),
      `The account is not linked:\n${indented(account)}`,
    );
    const { total } = await api.list(`/users?username=${encodeURIComponent(username)}`);
    must(total === 1, `There are ${total} accounts of ${username}, not 1`);
    this.print(`✓ The account is there, once, under the id that the application had been told:\n${indented(account)}`);
  }

  private async endServer(): Promise<void> {
    const { foyer } = this.demo;
    const [first] = foyer instanceof FoyerCluster ? foyer.members : [];
    must(first !== undefined, 'There is no server to end');
    await first.process.stop();
    this.print(`✓ ${first.name} was told to end, and has ended in order`);
  }

  /** Waits for a job of this user. */
  private async job(api: AdminApi, userId: string, fits: (job: AdminJob) => boolean): Promise<AdminJob> {
    for (const deadline = Date.now() + patienceMs; ; await delay(everyMs)) {
      const { items } = await api.list(`/jobs?userId=${userId}`);
      const found = items.filter(isAdminJob).find(fits);
      if (found) return found;
      must(Date.now() < deadline, `No such job of ${userId} came:\n${indented(items)}`);
    }
  }
}
