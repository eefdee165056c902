import type { Page } from 'playwright-core';

export type Tab = 'timeline' | 'history' | 'user-metadata' | 'search-attributes' | 'memo';

/** The Temporal UI as operators use it, by the words that it shows. */
export class TemporalUi {
  readonly page: Page;
  readonly #workflows: string;

  constructor(page: Page, ui: string) {
    this.page = page;
    this.#workflows = `${ui}/namespaces/default/workflows`;
  }

  /** The list of Workflows that a query finds. */
  async list(query: string): Promise<void> {
    await this.page.goto(`${this.#workflows}?query=${encodeURIComponent(query)}`);
  }

  /** One tab of a Workflow's page. */
  async open(workflow: string, tab: Tab): Promise<void> {
    const here = `${this.#workflows}/${encodeURIComponent(workflow)}`;
    if (!this.page.url().startsWith(`${here}/`)) {
      await this.page.goto(here);
      await this.page.waitForURL(/\/timeline/);
    }
    if (!this.page.url().includes(`/${tab}`))
      await this.page.goto(this.page.url().replace(/\/[a-z-]+(\?.*)?$/, `/${tab}`));
  }

  /** All text that the page holds, drawings and frames (where the UI puts Markdown) included. */
  async text(): Promise<string> {
    const texts = await Promise.all(this.page.frames().map((frame) => frame.evaluate<string>(WORDS).catch(() => '')));
    return texts.join('\n');
  }

  /** Where the first link of this name leads, in whichever frame it stands. */
  async linkTo(name: string): Promise<string | null> {
    for (const frame of this.page.frames()) {
      const link = frame.getByRole('link', { name }).first();
      if ((await link.count()) > 0) return link.getAttribute('href');
    }
    return null;
  }
}

/** The words of a document without its scripts, run in the page. */
const WORDS = `(() => {
  const body = document.body.cloneNode(true);
  for (const script of body.querySelectorAll('script, style')) script.remove();
  return body.textContent;
})()`;
