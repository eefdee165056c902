import { mkdirSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium, type Browser, type Locator, type Page } from 'playwright-core';
import { expect } from 'vitest';
import { findChromium } from '../../setup/index.js';

const images = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..', '..', 'docs', 'images');

/** Pictures that the README and the docs show. */
const README = ['run-page', 'run-page-dark', 'temporal-ui', 'review', 'report', 'study', 'demo'];

/** Whether the pictures of the README are made anew by this run of the test. */
export const forReadme = process.env['UPDATE_IMAGES'] === '1';

/**
 * A headless browser that takes pictures: into a temporary folder, for a look; with UPDATE_IMAGES=1 those of the README
 * into docs/images.
 */
export class Stage {
  readonly #browser: Browser;
  /** For pictures to look at. */
  readonly #folder = mkdtempSync(path.join(tmpdir(), 'trainyard-images-'));

  private constructor(browser: Browser) {
    this.#browser = browser;
  }

  static async open(): Promise<Stage> {
    const { path: executablePath, args, env } = await findChromium();
    return new Stage(await chromium.launch({ executablePath, args: [...args], env: { ...env } }));
  }

  async page(look: { dark?: boolean; height?: number } = {}): Promise<Page> {
    const context = await this.#browser.newContext({
      viewport: { width: 1280, height: look.height ?? 900 },
      colorScheme: look.dark ? 'dark' : 'light',
      reducedMotion: 'reduce',
    });
    const page = await context.newPage();
    page.setDefaultTimeout(30_000);
    return page;
  }

  /** A picture of what a page, or a part of it, shows. */
  async picture(of: Page | Locator, name: string): Promise<void> {
    const forIt = forReadme && README.includes(name);
    if (forIt) mkdirSync(images, { recursive: true });
    await of.screenshot({ path: path.join(forIt ? images : this.#folder, `${name}.png`) });
  }

  close(): Promise<void> {
    return this.#browser.close();
  }
}

/** An expectation that a page fulfils after a while. */
export function eventually<T>(read: () => T) {
  return expect.poll(read, { timeout: 30_000 });
}

/** Signs in as the link that `trainyard dev` could print does: the key is in the fragment, which no server sees. */
export async function signIn(page: Page, server: string, key: string, to: string): Promise<void> {
  await page.goto(`${server}/sign-in#key=${key}&to=${encodeURIComponent(to)}`);
  await page.waitForURL(`${server}${to}`);
}
