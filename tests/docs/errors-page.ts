import type { CatalogueEntry } from '@trainyard/errors';

/** What the codes of one family are about, in the order of the page. The family is the first word after `TY-`. */
const FAMILIES: readonly (readonly [title: string, words: readonly string[]])[] = [
  ['Pipelines and their wiring', ['WIRE', 'PARAM', 'PIPELINE', 'DECISION']],
  ['Nodes', ['NODE']],
  ['Runs, workers and services', ['RUN', 'REPLAY', 'WORKER', 'TEMPORAL', 'REDIS', 'PORT', 'DEV']],
  ['The store', ['STORE']],
  ['The project and its code', ['CONFIG', 'CODE']],
  ['Models, endpoints and monitors', ['MODEL', 'ALIAS', 'ENDPOINT', 'PREDICT', 'MONITOR']],
  ['Label reviews', ['REVIEW']],
  ['The HTTP interface', ['KEY', 'REQUEST', 'HOST']],
];
const REST = 'Set-up and the command';

const FAULT = {
  user: 'Yours to mend: the input, the wiring or the set-up must change. It is never tried again by itself.',
  system: 'Not yours: it may pass, and what can be tried again is.',
} as const;

/** The page of all errors, from the catalogue. */
export function errorsPage(catalogue: Readonly<Record<string, CatalogueEntry>>): string {
  const groups = new Map<string, string[]>([
    ...FAMILIES.map(([title]) => [title, []] as [string, string[]]),
    [REST, []],
  ]);
  for (const code of Object.keys(catalogue)) {
    const word = code.split('-')[1] ?? '';
    const title = FAMILIES.find(([, words]) => words.includes(word))?.[0] ?? REST;
    groups.get(title)?.push(code);
  }
  const sections = [...groups].filter(([, codes]) => codes.length > 0);
  return [
    '# Errors',
    'Every error that Trainyard raises on purpose carries a code. A code keeps its meaning and is never used for another. ' +
      'The message says what went wrong in the case at hand, where (run, node, port, row, column, file, field), what was ' +
      'expected, what was there instead, and what to do; this page says what each code means.',
    'With `--json` the command prints an error as `{"error": {"code", "message", "where", "expected", "actual", "remedy"}}`; ' +
      'the server answers with the same members in its problem details (RFC 9457). Exit codes of the command: 0 done, 1 ' +
      'failed, 2 called wrongly, 130 interrupted.',
    'This page is made from `packages/errors/src/catalogue.ts`; after a change there, run `npx vitest run tests/docs -u`.',
    ...sections.flatMap(([title, codes]) => [`## ${title}`, ...codes.map((code) => entry(code, catalogue[code]!))]),
  ]
    .join('\n\n')
    .concat('\n');
}

function entry(code: string, { fault, meaning, remedy }: CatalogueEntry): string {
  return `### ${code}\n\n${meaning}\n\n- **Fault**: ${FAULT[fault]}\n- **To do**: ${remedy}`;
}
