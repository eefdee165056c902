// `npm test`: makes the clone ready, then checks and tests, and ends with one line that sums up.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { inRoot, runNode } from './program.mjs';
import { NotReady, ready } from './ready.mjs';
import { lint, lintRunsHere } from './lint.mjs';

const HELP = `  npm test                    everything but the long tests: what each change must pass
  npm test -- --everyday      checks, quick tests and one thin road: while one works
  npm test -- --all           the long tests too
  npm test -- server/ drift/  only the test files whose path contains one of these, of any kind
`;

const args = process.argv.slice(2);
const unknown = args.find((one) => one.startsWith('-') && !['--all', '--everyday', '--help', '-h'].includes(one));
if (unknown !== undefined || args.includes('--help') || args.includes('-h')) {
  if (unknown !== undefined) process.stderr.write(`There is no option ${unknown}.\n`);
  process.stdout.write(HELP);
  process.exit(unknown === undefined ? 0 : 2);
}
const kind = args.includes('--all') ? 'all' : args.includes('--everyday') ? 'everyday' : 'daily';
const only = args.filter((one) => !one.startsWith('--'));
const started = Date.now();
const count = { passed: 0, failed: 0, skipped: 0 };

const say = (line) => process.stdout.write(`${line}\n`);
const tsc = inRoot('node_modules', 'typescript', 'lib', 'tsc.js');

/** One thing that passes or fails as a whole. */
async function check(name, run) {
  const from = Date.now();
  const { code, output } = await run();
  count[code === 0 ? 'passed' : 'failed'] += 1;
  say(`${code === 0 ? 'ok    ' : 'FAILED'} ${name} (${((Date.now() - from) / 1000).toFixed(1)} s)`);
  if (code !== 0) say(output.trim().replace(/^/gm, '    '));
}

function skip(name, why) {
  count.skipped += 1;
  say(`skip   ${name}: ${why}`);
}

async function stage(name, run) {
  await check(name, async () => {
    try {
      await run();
      return { code: 0, output: '' };
    } catch (error) {
      return { code: 1, output: error instanceof NotReady || error?.what ? error.message : String(error?.stack) };
    }
  });
  return count.failed === 0;
}

/** Names the files that took longest, so that what grows is seen before the time that all of them may take is used up. */
function saySlowest(files) {
  const took = files.map(({ name, startTime, endTime }) => [
    (endTime - startTime) / 1000,
    path.relative(inRoot(), name),
  ]);
  const slowest = took.sort(([a], [b]) => b - a).slice(0, 25);
  if (files.length > slowest.length)
    say(`\nslowest files, in s:\n${slowest.map(([s, name]) => `${s.toFixed(0).padStart(5)} ${name}`).join('\n')}`);
}

/** What is run one after the other: files that start servers have a process each, the quick ones share two. */
const RUNS = { everyday: ['everyday'], daily: ['real', 'everyday'], all: ['slow', 'everyday'] };

async function runTests() {
  const ran = [];
  // Files that are named are run, long or not.
  for (const files of only.length > 0 ? ['all'] : RUNS[kind]) ran.push(...(await runFiles(files)));
  saySlowest(ran);
}

/** Runs test files and adds their cases up; a file that could not be loaded counts as one failure. Gives what ran. */
async function runFiles(files) {
  const folder = mkdtempSync(path.join(tmpdir(), 'trainyard-report-'));
  const report = path.join(folder, 'report.json');
  const vitest = inRoot('node_modules', 'vitest', 'vitest.mjs');
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  const env = { TRAINYARD_TESTS: files };
  try {
    const { code } = await runNode(vitest, ['run', ...reporters, ...only], { show: true, env });
    const result = JSON.parse(readFileSync(report, 'utf8'));
    const broken = result.testResults.filter((file) => file.status === 'failed' && file.assertionResults.length === 0);
    const failed = result.numFailedTests + broken.length;
    count.passed += result.numPassedTests;
    count.skipped += result.numPendingTests + result.numTodoTests;
    // An error outside of any case (an unhandled rejection) fails the run although each case passed.
    count.failed += failed === 0 && code !== 0 ? 1 : failed;
    return result.testResults;
  } catch (error) {
    count.failed += 1;
    say(`FAILED tests: vitest gave no report: ${error.message}`);
    return [];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const format = () =>
  runNode(inRoot('node_modules/prettier/bin/prettier.cjs'), [
    '--check',
    '--log-level=warn',
    '--cache',
    '--cache-strategy=content',
    '.',
  ]);

async function otherChecks() {
  await check('types', () => runNode(tsc, ['-p', 'tsconfig.json']));
  await check('types of ml-hyperparameter', () =>
    runNode(tsc, ['-p', 'packages/ml-hyperparameter/tsconfig.check.json']),
  );
  if (lintRunsHere()) await check('lint', () => lint());
  else skip('lint', `oxlint needs Node 20.19 or later, this is ${process.versions.node}`);
}

const packages = await stage('packages', () => ready({ build: false, say }));
if (packages) {
  const built = await stage('build', () => ready({ say }));
  const parts = kind === 'everyday' ? ['temporal'] : ['temporal', 'valkey', 'tensorflow', 'lightgbm', 'chromium'];
  if (built) await stage('real parts', () => ready({ setup: parts, say }));
  // Formatting takes one core for as long as the others take the other.
  if (only.length === 0) await Promise.all([check('format', format), otherChecks()]);
  await runTests();
}

say(`\nin ${Math.round((Date.now() - started) / 1000)} s`);
const skipped = count.skipped > 0 ? `, ${count.skipped} skipped` : '';
say(`${count.passed} passed, ${count.failed} failed${skipped}`);
process.exitCode = count.failed === 0 ? 0 : 1;
