import type { Command } from 'commander';
import { configOf, example } from '../config-option.js';

export function devCommand(program: Command): void {
  program
    .command('dev')
    .description('start Temporal, Valkey, the pages and a worker for this project, until Ctrl-C')
    .option('--json', 'print the addresses as one line of JSON when everything listens')
    .addHelpText('after', example('trainyard dev'))
    .action(async (options: { json?: boolean }) => {
      const { runDev } = await import('./run-dev.js');
      await runDev(configOf(program), options.json === true);
    });
}
