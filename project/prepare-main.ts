import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { codesIn, entriesOf, filesOf, processesIn, withWorkflow } from './codes.js';
import { bundleOwn, placeOwn } from './own-modules.js';
import { packageRoot } from '../setup/package-root.js';
import { CODES_FORMAT, digestsOf, preparedFile, type PreparedNodes } from './prepared-nodes.js';
import { prepareSandbox } from './prepared-sandbox.js';
import { builtInPlugins } from './project.js';
import { compiled } from './package-root.js';
import { replaceWhole } from './write-whole.js';

/** The last step of this package's build: computes the code of the built-in nodes for `preparedNodes`. */
const plugins = await builtInPlugins();
const entries = entriesOf(plugins);
const bundled = await bundleOwn(filesOf(entries));
const folder = await mkdtemp(path.join(tmpdir(), 'trainyard-prepare-'));
try {
  const codes = await codesIn(entries, await placeOwn(bundled, folder), packageRoot());
  const digests = digestsOf(bundled.inputs);
  const lost = bundled.inputs.filter((file) => !digests.has(file));
  if (lost.length > 0) throw new Error(`made of files that are not there: ${lost.join(', ')}`);
  const prepared: PreparedNodes = {
    format: CODES_FORMAT,
    inputs: [...digests],
    nodes: codes.nodes.map(({ module: _module, source: _source, ...code }) => code),
    brought: codes.brought.map(({ module: _module, source: _source, ...code }) =>
      withWorkflow(code, (file) => path.relative(packageRoot(), file)),
    ),
    texts: bundled.texts,
  };
  await replaceWhole(preparedFile(), JSON.stringify(prepared));
  await prepareSandbox([
    ...[
      'workflows/engine/index.js',
      'core/node.js',
      'core/index.js',
      'core/study/index.js',
      'core/study/search.js',
      'workflows/review/contract.js',
    ].map((file) => compiled(...file.split('/'))),
    ...plugins.map(({ contractFile }) => contractFile),
    ...processesIn(codes.brought).map(({ workflow }) => workflow.file),
  ]);
} finally {
  await rm(folder, { recursive: true, force: true });
}
process.exit(0);
