import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { root } from './tree.js';

interface Diagnostic {
  readonly message: string;
  readonly help?: string;
  readonly filename: string;
  readonly labels: readonly { readonly span: { readonly line: number } }[];
}

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
// oxlint itself needs these.
const lintRunsHere = (major === 20 && minor >= 19) || (major === 22 && minor >= 12) || major > 22;

async function lintWith(config: string, file: string): Promise<Diagnostic[]> {
  const args = [path.join(root, 'node_modules/oxlint/bin/oxlint'), '-c', config, '--type-aware', '-f', 'json', file];
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: root }).catch(
    (error: { stdout: string }) => error,
  );
  return (JSON.parse(stdout) as { diagnostics: Diagnostic[] }).diagnostics;
}

test.runIf(lintRunsHere).each([
  ['what would keep a pipeline from resuming', 'tests/house/refused-pipeline.ts', 12],
  ['what is learnt before a split', 'tests/house/early-pipeline.ts', 1],
])('%s is refused, with what to do instead', async (_, file, least) => {
  const found = await lintWith('project/lint/pipelines.json', file);
  const wanted = readFileSync(path.join(root, file), 'utf8')
    .split('\n')
    .flatMap((text, index) => {
      const words = /refused: (.*?)(?: \*\/.*)?$/.exec(text)?.[1];
      return words === undefined || text.startsWith('//') ? [] : [{ line: index + 1, words }];
    });
  expect(wanted.length).toBeGreaterThan(least);
  for (const { line, words } of wanted) {
    const said = found.filter((one) => one.labels[0]?.span.line === line).map((one) => `${one.message} ${one.help}`);
    expect(said.join('\n'), `line ${line}`).toContain(words);
  }
  const lines = new Set(wanted.map(({ line }) => line));
  expect(found.filter((one) => !lines.has(one.labels[0]?.span.line ?? 0))).toEqual([]);
});
