import type { Order, Report } from './load.js';
import type { Running } from './processes.js';

/** Has the load generator do logins. @throws Error with what it says when one of them fails */
export async function orderLogins(load: Running, order: Order): Promise<Report> {
  const answer = await load.ask(order);
  if (typeof answer === 'object' && answer !== null && 'report' in answer) return answer.report as Report;
  throw new Error(`the load generator failed: ${JSON.stringify(answer)}`);
}
