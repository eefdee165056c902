import type { Command } from 'commander';
import { configOf, example } from '../config-option.js';
import type { RunsOptions } from './print-runs.js';

export function runsCommand(program: Command): void {
  program
    .command('runs')
    .description('list the runs, the youngest first')
    .option('--pipeline <name>', 'only runs of this pipeline')
    .option('--state <state>', 'only runs in this state: running, done, failed, cancelled, terminated, lost')
    .option('--limit <number>', 'how many', '20')
    .option('--json', 'print one line of JSON')
    .addHelpText('after', example('trainyard runs --state failed'))
    .action(async (options: RunsOptions) => {
      const { printRuns } = await import('./print-runs.js');
      await printRuns(configOf(program), options);
    });
}
