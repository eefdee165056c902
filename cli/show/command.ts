import type { Command } from 'commander';
import { configOf, example } from '../config-option.js';
import type { ShowOptions } from './show-run.js';

export function showCommand(program: Command): void {
  program
    .command('show')
    .description('show a run: its nodes, decisions, errors, result; also with Temporal stopped')
    .argument('[run]', 'id of the run; the youngest by default')
    .option('-f, --follow', 'follow it until it ends')
    .option('--json', 'print one line of JSON')
    .addHelpText('after', example('trainyard show penguins-20261124-231502-7f3a --follow'))
    .action(async (run: string | undefined, options: ShowOptions) => {
      const { showRun } = await import('./show-run.js');
      await showRun(configOf(program), run, options);
    });
}
