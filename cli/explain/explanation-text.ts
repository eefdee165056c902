import { isDigest } from '../../core/digest.js';
import type { Change, Execution, Explanation } from '../../client/provenance/index.js';
import { clock, colours, cut } from '../terminal.js';

/** Characters of a value in a line. */
const SHORT = 90;

const PARTS: Readonly<Record<Change['part'], string>> = {
  version: 'version of the node',
  code: 'code',
  params: 'parameter',
  inputs: 'input',
  seed: 'seed',
  threads: 'threads',
  backend: 'what TensorFlow computes on',
  id: 'id',
  lineage: 'first run of the lineage',
  fresh: 'computed anew in the lineage of',
};

/** An explanation for people. */
export function explanationText(explanation: Explanation): string {
  const { name, call, run, key, changes } = explanation;
  return [
    `${colours.bold(name)}  ${call} of ${run}`,
    ...(key === undefined ? [] : [`  ${colours.dim('key')}  ${key}`]),
    '',
    ...sentence(explanation),
    ...changes.flatMap(changeLines),
  ].join('\n');
}

function sentence({ why, state, madeBy, against, changes, node }: Explanation): string[] {
  const parts = `${changes.length === 1 ? 'one part' : `${changes.length} parts`} of its identity`;
  switch (why) {
    case 'found':
      return [`${colours.cyan('found')}: the same was computed ${at(madeBy)}; nothing of its identity has changed`];
    case 'changed':
      return [`${colours.green('computed')}: ${parts} ${changes.length === 1 ? 'is' : 'are'} not as ${at(against)}`];
    case 'first':
      return [`${colours.green('computed')}: no earlier run of this pipeline on record has executed ${node}`];
    case 'lost':
      return [
        `${colours.green('computed')}: the same had been computed ${at(against)}, but its result was not there any more`,
      ];
    case 'beside':
      return [`${colours.green('computed')}: the same was being computed at that time, ${at(against)}`];
    case 'every run':
      return [
        `${colours.green('computed')}: its contract (effect, or cache: false) has it computed in each lineage of runs;`,
        `  otherwise it is as ${at(against)}`,
      ];
    case 'anew':
      return [
        `${colours.green('computed')}: this run was to take nothing from other runs (--fresh);`,
        `  otherwise it is as ${at(against)}`,
      ];
    case 'not run':
      return [
        `${colours.red(state)}: it did not come to a result here${against ? `; compared with ${at(against)}` : ''}`,
        ...(changes.length === 0 && against ? ['  nothing that is known of its identity differs'] : []),
      ];
  }
}

function at(execution: Execution | undefined): string {
  if (!execution) return 'before';
  return `in ${execution.run} (${clock(execution.endedAt)}, worker ${execution.worker})`;
}

/** One change of an identity, in lines. */
export function changeLines({ part, name, before, after, details }: Change): string[] {
  const what = name === undefined ? PARTS[part] : `${PARTS[part]} ${colours.bold(name)}`;
  return [
    '',
    `  ${what}`,
    `    ${colours.red('before')}  ${short(before)}`,
    `    ${colours.green('after ')}  ${short(after)}`,
    ...details.map((detail) => `    ${colours.dim(detail)}`),
  ];
}

/** Digests whole, since they are searched for; other values to the width of a line. */
function short(value: string): string {
  return isDigest(value) ? value : cut(value, SHORT);
}
