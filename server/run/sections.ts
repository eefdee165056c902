import { partsOfSort } from '../../client/parts.js';
import { html, type Html } from '@trainyard/pages';
import { isTrainyardError, sayThrown, TrainyardError } from '@trainyard/errors';
import { problemBox } from '../../client/page-words.js';
import type { PageSection, SectionContent } from '../../client/section.js';
import type { DrawnSection } from './page-content.js';

/** How long a section may take, ms: the others and the page wait for it. */
const WITHIN_MS = 3_000;

/** All sections as they are of a run, in the order of their names; one that fails shows its error in its place. */
export async function drawSections(content: SectionContent): Promise<DrawnSection[]> {
  return Promise.all(
    ((await partsOfSort('page section')) as readonly PageSection[]).map(async (section) => {
      const { name, title, place } = section;
      const inside = await drawOne(section, content);
      if (inside === undefined) return { name, html: html``, ...(place === undefined ? {} : { place }) };
      const id = `section-${name.replaceAll(/[^a-z0-9-]/g, '-')}`;
      const whole = html`<section id="${id}" aria-labelledby="${id}-title">
        <h2 id="${id}-title">${title}</h2>
        ${inside}
      </section>`;
      return { name, html: whole, ...(place === undefined ? {} : { place }) };
    }),
  );
}

async function drawOne(section: PageSection, content: SectionContent): Promise<Html | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    const words = `the section "${section.name}" was not drawn within ${WITHIN_MS / 1000} s`;
    timer = setTimeout(() => reject(new TrainyardError('TY-CODE', { what: words })), WITHIN_MS);
  });
  try {
    // What is no HTML of ours is text.
    const drawn = await Promise.race([(async () => section.draw(content))(), late]);
    return drawn === undefined ? undefined : html`${drawn}`;
  } catch (error) {
    const what = `the section "${section.name}" could not be drawn: ${sayThrown(error)}`;
    const known = isTrainyardError(error) ? error : new TrainyardError('TY-CODE', { what, cause: error });
    return problemBox(known.toRecord());
  } finally {
    clearTimeout(timer);
  }
}
