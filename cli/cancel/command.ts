import type { Command } from 'commander';
import { configOf, example } from '../config-option.js';
import type { CancelOptions } from './cancel.js';

export function cancelCommand(program: Command): void {
  program
    .command('cancel')
    .description('end a run; what had finished is found by the next one')
    .argument('<run>', 'id of the run')
    .option('--wait', 'wait until it has ended')
    .option('--force', 'end it now, without a word to its pipeline, also when no worker listens')
    .option('--json', 'print one line of JSON')
    .addHelpText('after', example('trainyard cancel penguins-20261124-231502-7f3a --wait'))
    .action(async (run: string, options: CancelOptions) => {
      const { cancel } = await import('./cancel.js');
      await cancel(configOf(program), run, options);
    });
}
