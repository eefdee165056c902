import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { openReader } from '../../client/reader.js';
import { sayDuration } from '../../core/duration.js';
import { TrainyardError } from '@trainyard/errors';
import type { GraphRecord } from '../../core/graph.js';
import { loadConfig, loadProject } from '../../project/project.js';
import {
  notableCalls,
  openExport,
  verifyRun,
  type CallVerdict,
  type Verification,
} from '../../client/provenance/index.js';
import type { Store } from '../../store/index.js';
import { EXIT } from '../exit.js';
import { findRun } from '../show/find-run.js';
import { colours, note, print, printJson } from '../terminal.js';

export interface VerifyCommandOptions {
  from?: string;
  otherCode?: boolean;
  keepFolder?: boolean;
  json?: boolean;
}

/** `trainyard verify`: exit code 0 when everything is equal, 1 when something differs. */
export async function verify(
  config: string | undefined,
  run: string | undefined,
  options: VerifyCommandOptions,
): Promise<void> {
  const folder = await mkdtemp(path.join(tmpdir(), 'trainyard-verify-'));
  const abort = new AbortController();
  const onSignal = (): void =>
    abort.abort(new TrainyardError('TY-RUN-ENDED', { what: 'the verification was interrupted' }));
  process.once('SIGINT', onSignal).once('SIGTERM', onSignal);
  const end: (() => Promise<unknown>)[] = [];
  try {
    const subject =
      options.from === undefined ? await ofProject(config, run, end) : await openExport(options.from, folder);
    const verification = await verifyRun({
      project: await loadProject(subject.config),
      store: subject.store,
      graph: subject.graph,
      folder: path.join(folder, 'repetition'),
      otherCode: options.otherCode === true,
      from: options.from,
      onStep: (what) => note(`${what} …`),
      signal: abort.signal,
    });
    process.exitCode = verification.equal ? EXIT.done : EXIT.failed;
    if (options.json) printJson(verification);
    else print(verificationText(verification));
  } finally {
    process.off('SIGINT', onSignal).off('SIGTERM', onSignal);
    for (const one of end) await one();
    if (options.keepFolder) note(`store and logs of the repetition: ${folder}`);
    else await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

async function ofProject(
  config: string | undefined,
  run: string | undefined,
  end: (() => Promise<unknown>)[],
): Promise<{ config: string; store: Store; graph: GraphRecord }> {
  if (run === undefined)
    throw new TrainyardError('TY-USAGE', { what: 'which run?', remedy: 'trainyard verify <run>, or --from <file>' });
  const project = await loadConfig(config);
  const reader = await openReader(project);
  end.push(() => reader.close());
  const view = await findRun(reader, run);
  if (view.open)
    throw new TrainyardError('TY-USAGE', { what: `${run} goes on still`, remedy: `trainyard show ${run} --follow` });
  if (view.source === 'records')
    throw new TrainyardError('TY-USAGE', {
      what: `${run} was lost before its graph was saved: there is nothing to compare with`,
      remedy: `trainyard resume ${run}`,
    });
  return { config: project.configFile, store: reader.store, graph: view.graph };
}

function verificationText(verification: Verification): string {
  const { calls, equal, resultEqual, run, ms } = verification;
  const count = (verdict: CallVerdict['verdict']): number => calls.filter((one) => one.verdict === verdict).length;
  const notable = notableCalls(verification);
  const lines = notable.flatMap(callLines);
  const answered = count('answered');
  const summary = [
    `${count('equal')} calls equal`,
    ...(answered === 0 ? [] : [`${answered} answered from the record`]),
    ...(['within', 'differs', 'follows', 'missing'] as const).flatMap((verdict) =>
      count(verdict) === 0 ? [] : [`${count(verdict)} ${WORDS[verdict]}`],
    ),
  ].join(', ');
  return [
    ...lines,
    ...(lines.length === 0 ? [] : ['']),
    `${equal ? colours.green('equal') : colours.red('not equal')}  ${run}: ${summary}, in ${sayDuration(ms)}`,
    ...(resultEqual ? [] : ['what the pipeline returned differs']),
  ].join('\n');
}

const WORDS = {
  differs: 'different',
  missing: 'without a result',
  within: 'within tolerance',
  follows: 'following from these',
} as const;

function callLines({ verdict, name, call, differences, metrics, error, causes = [] }: CallVerdict): string[] {
  if (verdict === 'follows') return [];
  const sign = verdict === 'within' ? colours.yellow('~') : colours.red('✗');
  return [
    `${sign} ${colours.bold(name)} (${call}) ${WORDS[verdict as keyof typeof WORDS] ?? verdict}${error === undefined ? '' : `: ${error}`}`,
    ...differences.flatMap(({ port, before, after, files, value }) => {
      const where = [...files.map((file) => `file ${file}`), ...(value ? ['its value'] : [])].join(', ');
      return [`    output ${port}: ${where || 'other bytes'}`, `      was ${before}`, `      is  ${after}`];
    }),
    ...metrics.map(
      ({ path: at, before, after, tolerance, within }) =>
        `    ${at}: ${String(before)} → ${String(after)}, ${within ? 'within' : 'outside'} ±${tolerance}`,
    ),
    ...causes.map((cause) => `    cause: ${cause}`),
  ];
}
