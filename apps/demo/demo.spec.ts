import { createServer } from 'node:net';
import { expect, test } from '@jest/globals';
import { demoPorts, requireFreePorts } from './demo.js';
import { freePorts } from './ports.js';

test('DEMO_PORT moves all three ports together', () => {
  expect(demoPorts(undefined)).toEqual({ foyer: 8080, identityProvider: 8081, application: 8082 });
  expect(demoPorts('9000')).toEqual({ foyer: 9000, identityProvider: 9001, application: 9002 });
});

test.each(['0', '65534', '80.5', '-1', 'port'])('DEMO_PORT=%s is refused by name', (base) => {
  expect(() => demoPorts(base)).toThrow(`DEMO_PORT is “${base}”`);
});

test.each([undefined, '127.0.0.1', '::1'])('a port that somebody holds at %s is named, with the party that it is for', async (host) => {
  const first = await freePorts(3);
  const holder = createServer();
  await new Promise<void>((resolve) => holder.listen(first + 1, host, resolve));
  try {
    const ports = demoPorts(String(first));
    await expect(requireFreePorts(ports)).rejects.toThrow(`Port ${first + 1}, for the identity provider, is in use.`);
    await expect(requireFreePorts(ports)).rejects.not.toThrow(`Port ${first},`);
  } finally {
    await new Promise((resolve) => holder.close(resolve));
  }
  await expect(requireFreePorts(demoPorts(String(first)))).resolves.toBeUndefined();
});
