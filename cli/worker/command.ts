import type { Command } from 'commander';
import { configOf, example } from '../config-option.js';
import type { WorkerOptions } from './run-worker.js';

export function workerCommand(program: Command): void {
  program
    .command('worker')
    .description('a worker alone, for a Temporal that runs elsewhere')
    .option('--pools <names>', 'pools to serve, separated by commas; all by default')
    .option('--no-workflows', 'serve nodes only, no pipelines')
    .option('--json', 'print one line of JSON when it listens')
    .addHelpText('after', example('trainyard worker --pools gpu --no-workflows'))
    .action(async (options: WorkerOptions) => {
      const { runWorker } = await import('./run-worker.js');
      await runWorker(configOf(program), options);
    });
}
