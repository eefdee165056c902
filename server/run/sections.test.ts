import { afterEach, expect, test } from 'vitest';
import { forgetParts } from '../../client/parts.js';
import { pageSection, type SectionContent, type SectionSpec } from '../../client/section.js';
import { html } from '@trainyard/pages';
import { partsOf, provideParts } from '../../core/provided-parts.js';
import { drawSections } from './sections.js';

const content = {
  run: { graph: { run: 'r', nodes: [] } },
  now: 0,
  canAct: false,
  query: {},
} as unknown as SectionContent;

/** Sections are looked for anew in each test: what was found is kept for a moment, by sort. */
async function drawn(...specs: readonly Omit<SectionSpec, 'title'>[]): Promise<Record<string, string>> {
  provideParts(() => partsOf(specs.map((spec) => pageSection({ ...spec, title: `Of ${spec.name}` }))));
  forgetParts();
  return Object.fromEntries((await drawSections(content)).map(({ name, html: drawing }) => [name, drawing.text]));
}
afterEach(() => provideParts(() => undefined));

test('a section that throws shows its error in its own box, and the others are drawn', async () => {
  const shown = await drawn(
    { name: 'good', draw: () => html`<p>fine</p>` },
    {
      name: 'bad',
      draw: () => {
        throw new Error('no <b>figures</b>');
      },
    },
    { name: 'later', draw: async () => Promise.reject(new Error('gone')) },
  );
  expect(shown['good']).toContain('<p>fine</p>');
  expect(shown['bad']).toContain('could not be drawn: no &lt;b&gt;figures&lt;/b&gt;');
  expect(shown['bad']).toContain('Of bad');
  expect(shown['later']).toContain('could not be drawn: gone');
});

test('what is no HTML of the pages library is text, and nothing is shown where there is nothing', async () => {
  const shown = await drawn(
    { name: 'text', draw: () => '<script>alert(1)</script>' as never },
    { name: 'values', draw: () => html`<i>${'<img onerror=x>'}</i>` },
    { name: 'none', draw: () => undefined },
  );
  expect(shown['text']).toContain('&lt;script&gt;');
  expect(shown['text']).not.toContain('<script>');
  expect(shown['values']).toContain('<i>&lt;img onerror=x&gt;</i>');
  expect(shown['none']).toBe('');
});

test('one that does not come to an end holds no page up', async () => {
  const shown = await drawn({ name: 'endless', draw: () => new Promise<never>(() => undefined) });
  expect(shown['endless']).toContain('was not drawn within 3 s');
});
