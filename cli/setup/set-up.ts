import { formatProgress, planSetup, setup, type Progress, type SetupStep } from '../../setup/index.js';
import { sayBytes } from '../../core/duration.js';
import { Interrupted } from '../exit.js';
import { canRedraw, LiveRegion } from '../live-region.js';
import { note, print, printJson, table } from '../terminal.js';

export interface SetupOptions {
  plan?: boolean;
  json?: boolean;
}

const USUAL: readonly SetupStep[] = ['temporal', 'valkey', 'tensorflow', 'lightgbm'];

/** `trainyard setup`: cheap the second time; interrupted, it goes on with what is missing. */
export async function setUp(parts: readonly SetupStep[], options: SetupOptions): Promise<void> {
  const steps = parts.length === 0 ? USUAL : parts;
  if (options.plan) return printPlan(steps, options.json === true);
  const abort = new AbortController();
  const onSignal = (): void => abort.abort();
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  const show = new SetupProgress(options.json === true);
  try {
    const result = await setup(steps, (progress) => show.tell(progress), { signal: abort.signal });
    show.end();
    if (options.json) printJson(result);
  } catch (error) {
    show.end();
    if (!abort.signal.aborted) throw error;
    note('\ninterrupted; what is complete stays, and trainyard setup goes on from there');
    throw new Interrupted();
  } finally {
    process.off('SIGINT', onSignal);
    process.off('SIGTERM', onSignal);
  }
}

async function printPlan(steps: readonly SetupStep[], json: boolean): Promise<void> {
  const plan = await planSetup(steps);
  if (json) return printJson({ plan });
  if (plan.length === 0) return print('everything is here: nothing to fetch');
  const rows = plan.map(({ step, what, bytes, why }) => [step, what, sayBytes(bytes), why]);
  print(table(['part', 'what', 'size', 'for'], rows, { right: ['size'] }));
}

/** Messages as lines; how far a download is as one line that is drawn again, or told every few seconds. */
class SetupProgress {
  readonly #region: LiveRegion | undefined;
  readonly #quiet: boolean;
  #toldAt = 0;

  constructor(quiet: boolean) {
    this.#quiet = quiet;
    this.#region = !quiet && canRedraw() ? new LiveRegion() : undefined;
  }

  tell(progress: Progress): void {
    if (this.#quiet) return;
    const line = formatProgress(progress);
    if (progress.bytes === undefined) {
      this.end();
      print(line);
    } else if (this.#region) this.#region.show([line]);
    else if (performance.now() - this.#toldAt > 5_000) {
      this.#toldAt = performance.now();
      print(line);
    }
  }

  end(): void {
    this.#region?.clear();
  }
}
