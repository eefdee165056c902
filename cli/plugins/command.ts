import type { Command } from 'commander';
import { configOf, example } from '../config-option.js';

export function pluginsCommand(program: Command): void {
  program
    .command('plugins')
    .description('the plugins of the project and of Trainyard itself, and what each brings')
    .option('--json', 'print one line of JSON')
    .addHelpText('after', example('trainyard plugins'))
    .action(async (options: { json?: boolean }) => {
      const { printPlugins } = await import('./print-plugins.js');
      await printPlugins(configOf(program), options.json === true);
    });
}
