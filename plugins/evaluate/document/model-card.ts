import { html, htmlFacts, htmlPage, htmlTable, sayFigure, type Html } from '@trainyard/pages';
import { figuresOfTask, shortName } from '@trainyard/metrics';
import { canonical } from '../../../core/index.js';
import { openModel, type ModelCard } from '../../../models/index.js';
import { implement } from '../../../worker/index.js';
import type { TaskCard } from '../../task/index.js';
import type { AnyFinalFigures } from '../contract.js';
import { between } from '../sections/index.js';
import { sayOpenings } from '../openings.js';
import { modelCard } from './contract.js';

const NOT_GIVEN = 'Not given.';

/** A part of the card: facts, and figures where it has some. */
interface Part {
  readonly title: string;
  readonly facts: readonly (readonly [name: string, said: string])[];
  readonly table?: { readonly head: readonly string[]; readonly rows: readonly (readonly string[])[] };
}

export const modelCardNode = implement(modelCard, async ({ params, inputs }) => {
  const model = await openModel(inputs.model);
  try {
    const { card } = model;
    const missing: string[] = [];
    const said = (name: string, of: string | undefined, or?: string): readonly [string, string] => {
      const text = of ?? (or === '' ? undefined : or);
      if (text === undefined) missing.push(name);
      return [name, text ?? NOT_GIVEN];
    };
    const task: TaskCard | undefined = inputs.card?.value;
    const figures = inputs.final.value;
    const looked = [...(inputs.slices ? ['slices'] : []), ...(inputs.fairness ? ['fairness'] : [])];
    const parts: Part[] = [
      {
        title: 'Model details',
        facts: [
          ['name', card.name ?? card.kind],
          ['digest', inputs.model.ref.digest],
          ['kind', card.kind],
          ['task', sayTask(card)],
          ['trained by', sayTraining(card)],
          [
            'libraries',
            Object.entries(card.libraries)
              .map(([name, version]) => `${name} ${version}`)
              .join(', ') || 'none',
          ],
          said('developers', params.developers),
          said('contact', params.contact),
          said('licence', params.licence),
        ],
      },
      {
        title: 'Intended use',
        facts: [
          said('intended use', params.intendedUse, task && [task.goal, task.scope].filter(Boolean).join('; ')),
          said('users', params.users),
          said('out of scope', params.outOfScope, task?.exclusions.join('; ')),
        ],
      },
      {
        title: 'Factors',
        facts: [
          said('factors', params.factors),
          ['inputs', card.inputs.map(({ name, type }) => `${name} (${type})`).join(', ')],
          [
            'looked at',
            looked.length === 0 ? 'neither slices nor fairness' : `${looked.join(' and ')}: see their reports`,
          ],
        ],
      },
      {
        title: 'Metrics',
        facts: task
          ? [
              [
                'judged by',
                `${task.metric.name}, ${task.metric.direction === 'maximize' ? 'at least' : 'at most'} ${sayFigure(task.metric.threshold)}`,
              ],
              ['intervals', '95 %: Wilson for shares of right answers, seeded bootstrap for the others'],
            ]
          : [
              said('judged by', undefined),
              ['intervals', '95 %: Wilson for shares of right answers, seeded bootstrap for the others'],
            ],
      },
      {
        title: 'Evaluation data',
        facts: [
          said('evaluation data', params.evaluationData),
          ['rows', `${figures.n}, sealed`],
          ['openings', sayOpenings(Array.from({ length: figures.openedBefore }, () => ({ node: 'earlier nodes' })))],
        ],
      },
      {
        title: 'Training data',
        facts: [said('training data', params.trainingData), ['rows', sayRows(card)]],
      },
      { title: 'Quantitative analyses', facts: [], table: await quantities(figures, inputs.final) },
      { title: 'Ethical considerations', facts: [said('ethics', params.ethics, task?.affected)] },
      { title: 'Caveats and recommendations', facts: [said('caveats', params.caveats)] },
    ];
    const value = { kind: card.kind, task: card.task.type, missing };
    return {
      value,
      files: {
        'report.html': htmlPage(`Model card: ${card.name ?? card.kind}`, htmlOf(parts, missing)),
        'model-card.md': markdownOf(card.name ?? card.kind, parts),
        'report.json': `${JSON.stringify({ ...value, parts })}\n`,
      },
    };
  } finally {
    await model.dispose();
  }
});

async function quantities(figures: AnyFinalFigures, artifact: { text(file: string): Promise<string> }) {
  const report = JSON.parse(await artifact.text('report.json')) as {
    intervals: Record<string, [number, number] | undefined>;
  };
  const at = (name: string): unknown =>
    name.split('.').reduce<unknown>((inner, one) => (inner as Record<string, unknown> | undefined)?.[one], figures);
  return {
    head: ['figure', 'value', '95 % interval'],
    rows: figuresOfTask(figures.task).figures.map(({ name, title }) => {
      const value = at(name);
      return [
        title,
        typeof value === 'number' ? sayFigure(value) : 'not defined',
        between(report.intervals[shortName(name)]),
      ];
    }),
  };
}

function sayTask({ task }: ModelCard): string {
  const label = 'label' in task ? ` of ${task.label}` : '';
  const classes = 'classes' in task ? `: ${task.classes.slice(0, 20).join(', ')}` : '';
  return `${task.type}${label}${classes}`;
}

function sayTraining({ training }: ModelCard): string {
  const { node, ...rest } = training;
  const text = canonical(rest as never);
  return `${typeof node === 'string' ? node : 'a node that the card does not name'}: ${text.length > 600 ? `${text.slice(0, 599)}…` : text}`;
}

function sayRows({ training: { rows } }: ModelCard): string {
  if (typeof rows === 'number') return String(rows);
  if (typeof rows !== 'object' || rows === null || Array.isArray(rows)) return 'the card does not say';
  return Object.entries(rows)
    .map(([part, count]) => `${part}: ${String(count)}`)
    .join(', ');
}

function htmlOf(parts: readonly Part[], missing: readonly string[]): Html {
  return html`${
    missing.length > 0 &&
    html`<p>
      <strong>Not given yet: ${missing.join(', ')}.</strong> Only people know these parts: they are parameters of
      evaluate.modelCard.
    </p>`
  }
  ${parts.map(
    ({ title, facts, table }) =>
      html`<h2>${title}</h2>
        ${facts.length > 0 && htmlFacts(facts)} ${table && htmlTable(table.head, table.rows)}`,
  )}`;
}

/** The same for a repository: Markdown, in which what people said can start no markup of its own. */
function markdownOf(name: string, parts: readonly Part[]): string {
  const plain = (text: string): string => text.replace(/\s+/g, ' ').replace(/[\\`*_[\]<>|#]/g, '\\$&');
  return [
    `# Model card: ${plain(name)}`,
    ...parts.map(({ title, facts, table }) =>
      [
        `## ${title}`,
        ...facts.map(([what, said]) => `- **${what}**: ${plain(said)}`),
        ...(table
          ? [
              '',
              `| ${table.head.join(' | ')} |`,
              `|${table.head.map(() => ' --- |').join('')}`,
              ...table.rows.map((row) => `| ${row.map(plain).join(' | ')} |`),
            ]
          : []),
      ].join('\n'),
    ),
    '',
  ].join('\n\n');
}
