// `npm run lint`: our sources by .oxlintrc.json, which adds to them the rules that we give to users for their pipelines.
import { existsSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { inRoot, runNode } from './program.mjs';

/** oxlint refuses a Node that lacks what it needs to read its rules. */
export function lintRunsHere() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  return (major === 20 && minor >= 19) || (major === 22 && minor >= 12) || major > 22;
}

const oxlint = (args, show) => runNode(inRoot('node_modules', 'oxlint', 'bin', 'oxlint'), args, { show });

/** What is bundled for the Workflow sandbox and must decide the same when it runs again. */
const pipelineCode = () => [
  'core',
  ...readdirSync(inRoot('plugins')).flatMap((family) =>
    ['contract.ts', 'index.ts'].map((file) => `plugins/${family}/${file}`).filter((file) => existsSync(inRoot(file))),
  ),
  ...readdirSync(inRoot('examples'))
    .map((example) => `examples/${example}/pipelines`)
    .filter((folder) => existsSync(inRoot(folder))),
];

/**
 * @param {{ show?: boolean, args?: readonly string[] }} [options]
 * @returns {Promise<{ code: number, output: string }>}
 */
export async function lint({ show = false, args = [] } = {}) {
  const house = await oxlint(args, show);
  const tests = ['--ignore-pattern', '**/*.test.ts'];
  const rules = ['-c', 'project/lint/pipelines.json', '--type-aware', '--deny-warnings'];
  const pipelines = await oxlint([...rules, ...tests, ...args, ...pipelineCode()], show);
  return { code: house.code || pipelines.code, output: house.output + pipelines.output };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { code } = await lint({ show: true, args: process.argv.slice(2) });
  process.exitCode = code;
}
