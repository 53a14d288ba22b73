import { chromium, type Browser } from 'playwright-core';
import { findProgram } from '../../scripts/prepare.mjs';

/** It talks to the tests' own addresses and to nobody else. */
const quiet = [
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Starts the system's Chromium with a fresh profile. The caller closes it; `browser.newContext()` is one person's browser. */
export async function launchChromium(): Promise<Browser> {
  const executablePath = findProgram('chromium', 'chromium-browser', 'google-chrome');
  if (!executablePath) throw new Error('Chromium is not installed: `npm test` installs it, or names the command that does.');
  return chromium.launch({ executablePath, headless: true, chromiumSandbox: process.getuid?.() !== 0, args: quiet });
}
