// `npm run lint`: our sources by .oxlintrc.json, which adds to them the rules that we give to users for their pipelines.
import { fileURLToPath } from 'node:url';
import { inRoot, runNode } from './program.mjs';

/** oxlint refuses a Node that lacks what it needs to read its rules. */
export function lintRunsHere() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  return (major === 20 && minor >= 19) || (major === 22 && minor >= 12) || major > 22;
}

/** @param {{ show?: boolean, args?: readonly string[] }} [options] */
export function lint({ show = false, args = [] } = {}) {
  return runNode(inRoot('node_modules', 'oxlint', 'bin', 'oxlint'), ['--type-aware', '--deny-warnings', ...args], {
    show,
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { code } = await lint({ show: true, args: process.argv.slice(2) });
  process.exitCode = code;
}
