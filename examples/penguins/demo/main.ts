import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { GraphRecord } from 'trainyard';
import { readPenguins, shuffled } from './data.js';
import { httpTo, type Http } from './http.js';
import { addSteps, duelOf, valueOf, type DuelFigures } from './lifecycle.js';
import { Trainyard } from './processes.js';
import { readState, writeState } from './progress.js';
import { Report } from './report.js';
import { review } from './reviewer.js';
import { figuresOf, summary } from './summary.js';
import { serve } from './traffic.js';
import { Interrupted, waitFor, waitForValue } from './waiting.js';

export interface DemoOptions {
  /** The `trainyard` command. */
  readonly command: string;
  /** Leave nothing running at the end. */
  readonly once: boolean;
  readonly json: boolean;
  /** Wait for a person to review the labels. */
  readonly review: boolean;
}

const project = path.join(path.dirname(fileURLToPath(import.meta.url)), '..');
const stateFile = path.join(project, '.trainyard', 'demo.json');
const data = path.join(project, 'data', 'penguins.csv');
const ENDPOINT = 'penguins';
const FLIPPED = 0.05;
const TRIALS = 12;
const WINDOW = 40;
/** How long drift is waited for before more traffic is sent. */
const MORE_TRAFFIC_MS = 15_000;

/** From raw rows to a served model that retrains itself. Gives the exit code. */
export async function demo(options: DemoOptions): Promise<number> {
  const report = new Report(options.json);
  const trainyard = new Trainyard(options.command, project);
  const stopped = new AbortController();
  const interrupt = (): void => stopped.abort();
  process.once('SIGINT', interrupt);
  process.once('SIGTERM', interrupt);
  try {
    const work = lifecycle(options, report, trainyard, stopped.signal);
    const cut = new Promise<never>((_, reject) =>
      stopped.signal.addEventListener('abort', () => reject(new Interrupted())),
    );
    await Promise.race([work, cut]);
    if (!options.once) {
      report.say('\nEverything stays up; Ctrl-C ends it.');
      await Promise.race([trainyard.ended(), cut]);
    }
    return 0;
  } catch (error) {
    if (error instanceof Interrupted) {
      report.say('\nending … the run is taken up again by the next npm run demo');
      return 130;
    }
    process.stderr.write(`\n${error instanceof Error ? error.message : String(error)}\n`);
    return 1;
  } finally {
    await trainyard.end();
  }
}

async function lifecycle(
  options: DemoOptions,
  report: Report,
  trainyard: Trainyard,
  signal: AbortSignal,
): Promise<void> {
  report.heading('Temporal, Valkey, pages, a worker');
  const at = await report.step('start', () => trainyard.dev());
  const key =
    (JSON.parse(readFileSync(path.join(project, '.trainyard', 'keys.json'), 'utf8')) as { keys: { key: string }[] })
      .keys[0]?.key ?? '';
  const http = httpTo(at.server, key);
  report.say(`  Temporal UI  ${at.ui}\n  pages        ${at.server}`);

  report.heading(
    `the pipeline: examples/penguins/pipelines/penguins.ts, ${FLIPPED * 100} % of the labels made wrong beforehand`,
  );
  const first = await runPipeline(options, report, trainyard, http, signal);
  const before = figuresOf(first);
  const mended = valueOf<{ flipped: number; mended: number }>(first, 'flaws.mended');
  const version = valueOf<{ version: number }>(first, 'deploy.endpoint')?.version;
  if (!before || !mended || version === undefined) {
    throw new Error(`the run ${first.run} deployed nothing: ${at.server}/runs/${first.run}`);
  }
  report.say(
    `  ${mended.mended} of ${mended.flipped} wrong labels were found and mended; F1 ${before.f1.macro.toFixed(3)} on ${before.n} sealed rows; version ${version} serves`,
  );

  report.heading('a prediction over HTTP');
  const rows = readPenguins(data).filter((row) => row['body_mass_g'] !== null);
  const home = shuffled(
    rows.filter((row) => row['island'] !== 'Torgersen'),
    7,
  ).slice(0, WINDOW);
  const away = shuffled(
    rows.filter((row) => row['island'] === 'Torgersen'),
    7,
  ).slice(0, WINDOW);
  const monitor = (): Promise<MonitorView> => http.get<MonitorView>(`/api/monitors/${ENDPOINT}`);
  // A demo that is taken up again may have come as far as this already.
  const retraining = async (): Promise<Retraining | undefined> =>
    (await monitor()).retrainings.find((one) => one.startedAt >= (first.endedAt ?? 0));
  const servesFirst = async (): Promise<boolean> =>
    (await http.get<{ version: number }>(`/v1/endpoints/${ENDPOINT}`)).version === version;
  await waitFor('the endpoint', signal, async () => (await servesFirst()) || (await retraining()) !== undefined);
  const curl = `curl -s ${at.server}/v1/endpoints/${ENDPOINT}/predict -H 'content-type: application/json' -d '{"row":{"island":"Dream","bill_length_mm":49.5,"bill_depth_mm":19,"flipper_length_mm":200,"body_mass_g":3800,"sex":"male"}}'`;
  const predicted = await report.step(
    'predict',
    () =>
      http.post<{ version: number; predictions: unknown[] }>(
        `/v1/endpoints/${ENDPOINT}/predict`,
        {
          row: {
            island: 'Dream',
            bill_length_mm: 49.5,
            bill_depth_mm: 19,
            flipper_length_mm: 200,
            body_mass_g: 3800,
            sex: 'male',
          },
        },
        `v${version}-example`,
      ),
    (answer) => ({ answer, curl }),
  );
  report.say(`  ${curl}\n  ${JSON.stringify(predicted)}`);

  report.heading('traffic: birds of the islands it knows, then of an island it has never seen');
  if ((await retraining()) === undefined) {
    const usual = await report.step(
      'traffic as in training',
      () => serve(http, ENDPOINT, `v${version}-home`, home),
      (seen) => ({ rows: home.length, ...seen }),
    );
    const shifted = await report.step(
      'traffic that shifts',
      () => serve(http, ENDPOINT, `v${version}-away`, away),
      (seen) => ({ rows: away.length, ...seen }),
    );
    report.say(
      `  ${usual.right} of ${home.length} right at home, ${shifted.right} of ${away.length} right on Torgersen`,
    );
  }

  report.heading('drift, retraining, champion against challenger');
  let asked = Date.now();
  const drift = await report.step(
    'drift found',
    () =>
      waitForValue('drift to be found', signal, async () => {
        const found = await retraining();
        // Where an earlier attempt was ended in the middle of its traffic, the windows end elsewhere: it goes on.
        if (found === undefined && Date.now() - asked > MORE_TRAFFIC_MS) {
          await serve(http, ENDPOINT, `v${version}-more-${asked}`, away);
          asked = Date.now();
        }
        return found;
      }),
    (found) => ({ ...found }),
  );
  report.say(`  drift in ${drift.columns.join(', ')}: retraining ${drift.run}`);
  if (!options.json) await trainyard.show('show', drift.run, '--follow');
  const answered = await report.step(
    'retraining',
    () =>
      waitForValue('the retraining to end', signal, async () =>
        (await monitor()).retrainings.find((one) => one.number === drift.number && one.endedAt !== undefined),
      ),
    (ended) => ({ run: ended.run, verdict: ended.verdict }),
  );
  const second = (await http.get<{ graph: GraphRecord }>(`/api/runs/${encodeURIComponent(answered.run)}`)).graph;
  addSteps(report, second);
  const after = figuresOf(second);
  const duel = duelOf(second);
  if (duel) report.say(`  ${sayDuel(duel)}`);
  const next = valueOf<{ version: number }>(second, 'deploy.endpoint')?.version;
  if (next !== undefined)
    await report.step('the new version serves', () =>
      waitFor(
        'the new version',
        signal,
        async () => (await http.get<{ version: number }>(`/v1/endpoints/${ENDPOINT}`)).version === next,
      ),
    );
  const again = await serve(http, ENDPOINT, `v${next ?? version}-after`, away.slice(0, 10));
  report.say(`  ${answered.verdict ?? ''}; version ${again.versions.join(', ')} answers now`);

  writeState(stateFile, { run: first.run, finished: true });
  summary({ once: options.once, endpoint: ENDPOINT }, report, at, {
    first,
    second,
    before,
    after,
    version,
    next,
    mended,
    curl,
    verdict: answered.verdict,
    duel,
    predicted,
  });
}

/** Which rows decided between champion and challenger, and how. */
function sayDuel({ sets, reasons }: DuelFigures): string {
  const opened = sets.some(({ rows }) => rows === 'test');
  return `${opened ? 'the fresh rows did not decide, so the sealed ones did' : 'the fresh rows decided, the sealed test set stayed closed for it'}: ${reasons.join(' ')}`;
}

async function runPipeline(
  options: DemoOptions,
  report: Report,
  trainyard: Trainyard,
  http: Http,
  signal: AbortSignal,
): Promise<GraphRecord> {
  const known = readState(stateFile);
  const takenUp = known !== undefined && !known.finished;
  const run = takenUp
    ? known.run
    : `penguins-demo-${new Date().toISOString().slice(0, 19).replace(/[-:]/g, '').replace('T', '-')}`;
  writeState(stateFile, { run, finished: false });
  const reviewing = new AbortController();
  const reviewer = options.review
    ? Promise.resolve(0)
    : review(http, readPenguins(data), 'species', AbortSignal.any([signal, reviewing.signal]));
  if (options.review)
    report.say(
      '  waiting for you: open the home page, sign in with the key of examples/penguins/.trainyard/keys.json, and review the labels',
    );
  const exists =
    takenUp &&
    (await http.get(`/api/runs/${encodeURIComponent(run)}`).then(
      () => true,
      () => false,
    ));
  if (exists) report.say(`  taking up ${run} again`);
  const params = [
    '-p',
    `corrupt=${FLIPPED}`,
    '-p',
    `trials=${TRIALS}`,
    '-p',
    `window=${WINDOW}`,
    '-p',
    'retrainings=1000',
  ];
  const started = exists ? [] : ['run', 'penguins', '--id', run, ...params];
  try {
    if (!exists) await (options.json ? trainyard.ask(...started, '--detach') : trainyard.show(...started));
    else if (!options.json) await trainyard.show('show', run, '--follow');
    const graph = await waitForValue(
      `the run ${run}`,
      signal,
      async () => {
        const { graph: seen } = await http.get<{ graph: GraphRecord }>(`/api/runs/${encodeURIComponent(run)}`);
        return seen.state === 'running' ? undefined : seen;
      },
      Number.POSITIVE_INFINITY,
    );
    addSteps(report, graph);
    if (graph.state !== 'done' || valueOf(graph, 'deploy.endpoint') === undefined)
      writeState(stateFile, { run, finished: true });
    if (graph.state !== 'done') {
      throw new Error(`the run ${run} ended as ${graph.state}: ${graph.error?.message ?? ''}`);
    }
    return graph;
  } finally {
    reviewing.abort();
    await reviewer.catch(() => undefined);
  }
}

interface Retraining {
  readonly number: number;
  /** ms since the epoch. */
  readonly startedAt: number;
  readonly run: string;
  readonly columns: readonly string[];
  readonly verdict?: string;
  readonly endedAt?: number;
}
interface MonitorView {
  readonly retrainings: readonly Retraining[];
}
