import { chromium } from 'playwright-core';
import { readFileSync } from 'node:fs';
import { findChromium } from './dist/setup/index.js';
const found = await findChromium();
const browser = await chromium.launch({ executablePath: found.path, args: [...found.args], env: found.env });
const page = await (await browser.newContext({ viewport: { width: 1100, height: 1300 } })).newPage();
await page.setContent(readFileSync('/tmp/br/g.svg','utf8'));
await page.screenshot({ path: '/tmp/br/g.png' });
await browser.close();
