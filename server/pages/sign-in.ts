import { html, type Html } from '@trainyard/pages';
import { page } from './layout.js';

/** Its form waits for its script: without it a browser would send the key as part of an address. */
export function signInPage(keyName: string | undefined): Html {
  const main = html`<section class="narrow">
    <h1>Sign in</h1>
    <p>
      Looking is free; what changes something needs a key. It stands in <code>.trainyard/keys.json</code> where the
      server was started.
    </p>
    <form id="sign-in" class="stack">
      <label for="key">Key</label>
      <input id="key" name="key" type="password" autocomplete="current-password" required disabled />
      <button type="submit" disabled>Sign in</button>
      <p id="sign-in-message" role="alert"></p>
    </form>
  </section>`;
  return page({ title: 'Sign in', main, scripts: ['sign-in.js'], keyName });
}
