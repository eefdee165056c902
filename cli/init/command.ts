import type { Command } from 'commander';
import { example } from '../config-option.js';

export function initCommand(program: Command): void {
  program
    .command('init')
    .description('write a first project: a pipeline on real data, a node with its test, and the configuration')
    .argument('[folder]', 'where; this folder when absent')
    .option('--json', 'print what was written as one line of JSON')
    .addHelpText('after', example('npx trainyard init', 'npx trainyard dev', 'npx trainyard run penguins'))
    .action(async (folder: string | undefined, options: { json?: boolean }) => {
      const { init } = await import('./init.js');
      await init(folder ?? '.', options.json === true);
    });
}
