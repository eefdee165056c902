import type { Command } from 'commander';
import { configOf, example } from '../config-option.js';

export function doctorCommand(program: Command): void {
  program
    .command('doctor')
    .description('what is here, what is missing, and what to do about it')
    .option('--json', 'print one line of JSON')
    .addHelpText('after', example('trainyard doctor'))
    .action(async (options: { json?: boolean }) => {
      const { examine } = await import('./examine.js');
      await examine(configOf(program), options.json === true);
    });
}
