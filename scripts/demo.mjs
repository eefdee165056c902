#!/usr/bin/env node
// The demo: sets up what is missing, then runs the penguins' pipeline from raw rows to a model that retrains itself.
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { ready } from './ready.mjs';

const root = path.join(path.dirname(fileURLToPath(import.meta.url)), '..');
const args = process.argv.slice(2);
const known = ['--once', '--json', '--review', '--help'];
const unknown = args.find((arg) => !known.includes(arg));
if (unknown !== undefined || args.includes('--help')) {
  if (unknown !== undefined) process.stderr.write(`the demo does not know ${unknown}\n`);
  process.stdout.write(
    'npm run demo -- [--once] [--json] [--review]\n' +
      '  --once    leave nothing running at the end\n' +
      '  --json    print the result for a program, as one line\n' +
      '  --review  wait for you to review the labels, instead of a program\n',
  );
  process.exit(unknown === undefined ? 0 : 2);
}
const json = args.includes('--json');
await ready({ build: true, setup: ['temporal', 'valkey', 'tensorflow'] }).catch((error) => {
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
});
const { importModule } = await import(pathToFileURL(path.join(root, 'dist', 'project', 'compile.js')).href);
// Tests run a copy of the example, so that each has a state of its own.
const example = process.env['TRAINYARD_DEMO_PROJECT'] ?? path.join(root, 'examples', 'penguins');
const { demo } = await importModule(path.join(example, 'demo', 'main.ts'), path.join(example, '.trainyard', 'build'));
process.exitCode = await demo({
  command: path.join(root, 'cli', 'trainyard.js'),
  once: args.includes('--once'),
  json,
  review: args.includes('--review'),
});
process.exit();
