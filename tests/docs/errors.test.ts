import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { CATALOGUE, TrainyardError, type Code } from '@trainyard/errors';
import { errorsPage } from './errors-page.js';

const page = new URL('../../docs/errors.md', import.meta.url);

describe('the page of errors', () => {
  it('has every code of the catalogue, and no other, each once', () => {
    const written = [...readFileSync(page, 'utf8').matchAll(/^### (TY-[A-Z-]+)$/gm)].map((match) => match[1]);
    expect([...written].sort()).toEqual(Object.keys(CATALOGUE).sort());
  });

  it('says of each what the catalogue says', async () => {
    await expect(errorsPage(CATALOGUE)).toMatchFileSnapshot(page.pathname);
  });

  it('gives a remedy that an error shows, unless the case has a better one', () => {
    for (const code of Object.keys(CATALOGUE) as Code[]) {
      expect(new TrainyardError(code, { what: 'x' }).message).toContain(CATALOGUE[code].remedy);
      expect(CATALOGUE[code].meaning, code).toMatch(/\S.*\.$/);
    }
  });
});
