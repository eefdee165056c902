import { UserError } from '@trainyard/errors';
import { html, htmlPage, trusted, type Html } from '@trainyard/pages';
import { implement, type InputArtifact } from '../../../worker/index.js';
import { document } from './contract.js';
import { isStill, withPolicy } from './still.js';

const TITLES = {
  modelCard: 'Model card',
  gates: 'Gates',
  final: 'Final evaluation',
  challenge: 'Challenger and champion',
  comparison: 'Comparison',
  curves: 'Learning curves',
  calibration: 'Calibration',
  threshold: 'Threshold',
  slices: 'Slices',
  errors: 'The most wrong rows',
  fairness: 'Fairness',
  importance: 'Permutation importance',
  attributions: 'What each feature added',
  partial: 'Partial dependence',
  robustness: 'Robustness',
} as const;

export const documentNode = implement(document, async ({ params, inputs }) => {
  const given = inputs as unknown as Readonly<Record<string, InputArtifact | undefined>>;
  const names = (Object.keys(TITLES) as (keyof typeof TITLES)[]).filter((name) => given[name]);
  const parts = [];
  for (const name of names) {
    const artifact = given[name]!;
    const json = artifact.files.includes('report.json')
      ? (JSON.parse(await artifact.text('report.json')) as unknown)
      : artifact.value;
    parts.push({ name, json, body: await bodyOf(artifact, name) });
  }
  const leftOut = Object.keys(TITLES).filter((name) => !given[name]);
  const page = htmlPage(
    params.title,
    html`<nav aria-label="Parts">${parts.map(({ name }) => html`<a href="#${name}">${TITLES[name]}</a> `)}</nav>
      ${
        leftOut.length > 0 &&
        html`<p class="soft">
          Not looked at here: ${leftOut.map((name) => TITLES[name as keyof typeof TITLES]).join(', ')}.
        </p>`
      }
      ${parts.map(
        ({ name, body }) =>
          html`<section id="${name}">
            <h2>${TITLES[name]}</h2>
            ${body}
          </section>`,
      )}`,
  );
  const sections = Object.fromEntries(parts.map(({ name, json }) => [name, json]));
  return {
    value: { sections: names, leftOut },
    files: { 'report.html': withPolicy(page), 'report.json': `${JSON.stringify({ title: params.title, sections })}\n` },
  };
});

/**
 * What a report's page shows, its headings one level lower. Throws a UserError for a page of another make, or one that would run or
 * load something: the whole must stay a page that does neither.
 */
async function bodyOf(artifact: InputArtifact, port: string): Promise<Html> {
  const page = artifact.files.includes('report.html') ? await artifact.text('report.html') : '';
  const body = /<main>\s*<h1>[\s\S]*?<\/h1>([\s\S]*)<\/main>/.exec(page)?.[1];
  if (body === undefined || !isStill(body))
    throw new UserError(`the report "${port}" has no page that can be part of another`, {
      where: { port },
      expected: 'a page as htmlPage of trainyard/pages makes it, without scripts and links elsewhere',
    });
  const lower = body
    .replace(/<(\/?)h3\b/g, '<$1h4')
    .replace(/<(\/?)h2\b/g, '<$1h3')
    // Places within a part keep to it.
    .replace(/(id="|href="#)/g, `$1${port}-`);
  return trusted(lower);
}
