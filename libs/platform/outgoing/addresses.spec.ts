import { expect, test } from '@jest/globals';
import { contains, isLoopbackHost, networks, reachOf } from './addresses.js';

test.each([
  ['8.8.8.8', 'public'],
  ['2606:4700::1111', 'public'],
  ['::ffff:8.8.8.8', 'public'],
  ['127.0.0.1', 'private'],
  ['127.255.0.9', 'private'],
  ['::1', 'private'],
  ['10.1.2.3', 'private'],
  ['172.31.255.255', 'private'],
  ['172.32.0.1', 'public'],
  ['192.168.0.1', 'private'],
  ['100.64.0.1', 'private'],
  ['fd12:3456::1', 'private'],
  ['::ffff:127.0.0.1', 'private'],
  ['::ffff:7f00:1', 'private'],
  ['0:0:0:0:0:ffff:10.0.0.1', 'private'],
  ['::10.0.0.1', 'private'],
  ['64:ff9b::10.0.0.1', 'private'],
  ['2002:0a00:0001::1', 'private'],
  ['0.0.0.0', 'never'],
  ['::', 'never'],
  ['::ffff:0.0.0.0', 'never'],
  ['169.254.169.254', 'never'],
  ['::ffff:169.254.169.254', 'never'],
  ['64:ff9b::a9fe:a9fe', 'never'],
  ['2002:a9fe:a9fe::', 'never'],
  ['fe80::1', 'never'],
  ['fe80::1%eth0', 'never'],
  ['fd00:ec2::254', 'never'],
  ['224.0.0.1', 'never'],
  ['255.255.255.255', 'never'],
  ['ff02::1', 'never'],
  ['not an address', 'never'],
])('%s is reached: %s', (address, reach) => {
  expect(reachOf(address)).toBe(reach);
});

test('a network contains an address in each of its forms', () => {
  const list = networks(['10.0.0.0/8', 'fd00::1']);
  expect(['10.9.9.9', '::ffff:10.9.9.9', '[fd00:0::1]'].map((address) => contains(list, address))).toEqual([true, true, true]);
  expect(['11.0.0.1', 'fd00::2', 'host'].map((address) => contains(list, address))).toEqual([false, false, false]);
});

test.each([
  ['localhost', true],
  ['LOCALHOST', true],
  ['foyer.localhost', true],
  ['[::1]', true],
  ['127.1.2.3', true],
  ['localhost.example.org', false],
  ['10.0.0.1', false],
])('%s is this machine: %s', (host, expected) => expect(isLoopbackHost(host)).toBe(expected));
