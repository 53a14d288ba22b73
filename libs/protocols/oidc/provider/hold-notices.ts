/**
 * `oidc-provider` prints a notice to the console while it is loaded on a Node that it does not list. This module is evaluated right before it and
 * keeps the notice for the log; `release-notices.ts`, evaluated right after it, gives the console back.
 */
const { warn } = console;

export const heldNotices: string[] = [];

console.warn = (...values: unknown[]): void => {
  if (typeof values[0] === 'string' && values[0].includes('oidc-provider WARNING')) heldNotices.push(values[0]);
  else warn.apply(console, values);
};

export const giveBack = (): void => {
  console.warn = warn;
};
