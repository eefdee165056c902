import { storeUrl } from '../../client/connect.js';
import { sayBytes, sayDuration } from '../../core/duration.js';
import { TrainyardError } from '@trainyard/errors';
import { loadConfig } from '../../project/project.js';
import { openStore, scrub, type BadBlob, type BadRecord, type BlobUse, type Scrubbed } from '../../store/index.js';
import { EXIT } from '../exit.js';
import { canRedraw, LiveRegion } from '../live-region.js';
import { bar, colours, note, print, printJson } from '../terminal.js';

export interface ScrubCommandOptions {
  dryRun?: boolean;
  json?: boolean;
}

/** How often progress is said: redrawn in a terminal, as lines elsewhere, ms. */
const REDRAW_MS = 200;
const LINE_MS = 10_000;

/** `trainyard scrub`: exit code 1 when something is damaged. Needs the store alone. */
export async function scrubStore(config: string | undefined, options: ScrubCommandOptions): Promise<void> {
  const store = openStore(storeUrl(await loadConfig(config)));
  const abort = new AbortController();
  const onSignal = (): void => abort.abort(new TrainyardError('TY-RUN-ENDED', { what: 'the scrub was interrupted' }));
  process.once('SIGINT', onSignal).once('SIGTERM', onSignal);
  const began = performance.now();
  const progress = new Progress();
  try {
    const scrubbed = await scrub(store, {
      dryRun: options.dryRun === true,
      signal: abort.signal,
      ...(options.json ? {} : { onProgress: (bytes, of) => progress.say(bytes, of) }),
    });
    progress.end();
    process.exitCode = scrubbed.bad.length + scrubbed.badRecords.length === 0 ? EXIT.done : EXIT.failed;
    if (options.json) printJson({ dryRun: options.dryRun === true, ...scrubbed });
    else sayScrubbed(scrubbed, options.dryRun === true, performance.now() - began);
  } finally {
    progress.end();
    process.off('SIGINT', onSignal).off('SIGTERM', onSignal);
  }
}

/** How far it is, and how long it will still take, on the error stream. */
class Progress {
  readonly #began = performance.now();
  readonly #region = canRedraw(process.stderr) ? new LiveRegion(process.stderr) : undefined;
  #said = performance.now();

  say(bytes: number, of: number): void {
    const now = performance.now();
    if (now - this.#said < (this.#region ? REDRAW_MS : LINE_MS) || bytes === 0) return;
    this.#said = now;
    const left = ((now - this.#began) * (of - bytes)) / bytes;
    const line = `${sayBytes(bytes)} of ${sayBytes(of)} read, about ${sayDuration(left)} left`;
    if (this.#region) this.#region.show([`${bar(bytes / of)}  ${line}`]);
    else note(line);
  }

  end(): void {
    this.#region?.clear();
  }
}

function sayScrubbed(scrubbed: Scrubbed, dryRun: boolean, ms: number): void {
  const { blobs, bytes, bad, records, badRecords, discarded } = scrubbed;
  for (const line of badRecords.flatMap((record) => recordLines(record, dryRun))) print(line);
  for (const line of bad.flatMap(badLines)) print(line);
  const whole = bad.length + badRecords.length === 0;
  if (!whole) print();
  const ofBlobs =
    bad.length === 0 ? [] : [`${bad.length} bad, part of ${discarded.length || artifactsOf(bad)} artifacts`];
  const ofRecords = badRecords.length === 0 ? [] : [`${badRecords.length} damaged records`];
  const found = whole ? 'all whole' : [...ofBlobs, ...ofRecords].join(' and ');
  const done = whole ? '' : dryRun ? '; nothing was changed' : '; they are out of use, and computed again when needed';
  print(
    `${whole ? colours.green('whole') : colours.red('damaged')}  ${records} records and ${blobs} blobs (${sayBytes(bytes)}) read in ${sayDuration(ms)}: ${found}${done}`,
  );
}

function artifactsOf(bad: readonly BadBlob[]): number {
  return new Set(bad.flatMap(({ uses }) => uses.flatMap(({ artifact }) => artifact ?? []))).size;
}

function recordLines({ key, kind, fault, without, mended }: BadRecord, dryRun: boolean): string[] {
  const now = mended ? 'it was written again from what others say' : dryRun ? without : `it is out of use: ${without}`;
  return [`${colours.red('✗')} records/${key}: ${kind}: ${fault}`, `    ${now}`];
}

/** Runs that are named for one blob. */
const MOST_USES = 8;

function badLines({ digest, fault, uses }: BadBlob): string[] {
  const more = uses.length - MOST_USES;
  return [
    `${colours.red('✗')} ${digest} ${fault === 'damaged' ? 'is not what it was' : 'is gone'}`,
    ...uses.slice(0, MOST_USES).map((use) => `    ${useText(use)}`),
    ...(more > 0 ? [`    and ${more} more`] : []),
    ...(uses.length === 0 ? ['    of no output on record'] : []),
  ];
}

function useText({ run, scope, node, port, artifact, file }: BlobUse): string {
  const what = port === undefined ? 'its log' : `output ${port}${file === undefined ? '' : `, file ${file}`}`;
  return `run ${run}, ${scope === '' ? '' : `${scope}/`}${node}: ${what}${artifact === undefined ? '' : ` (${artifact})`}`;
}
