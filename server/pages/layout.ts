import { html, type Html } from '@trainyard/pages';

/** A whole page in the one design: header, main part, its scripts. */
export function page(parts: {
  title: string;
  main: Html;
  /** Names of modules in `server/assets`. */
  scripts?: readonly string[];
  /** Name of the key that is signed in. */
  keyName?: string | undefined;
  /** Class of the body, for pages with a shape of their own. */
  shape?: string;
}): Html {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${parts.title} · Trainyard</title>
        <link rel="stylesheet" href="/assets/style.css" />
        <link rel="icon" href="/assets/icon.svg" type="image/svg+xml" />
        ${(parts.scripts ?? []).map((name) => html`<script type="module" src="/assets/${name}"></script>`)}
      </head>
      <body class="${parts.shape ?? ''}">
        <a class="skip" href="#main">Skip to content</a>
        <header class="top">
          <a class="brand" href="/">Trainyard</a>
          <span class="who">
            ${parts.keyName === undefined ? html`<a href="/sign-in">Sign in</a>` : `signed in as ${parts.keyName}`}
          </span>
        </header>
        <main id="main">${parts.main}</main>
      </body>
    </html>`;
}
