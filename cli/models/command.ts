import type { Command } from 'commander';
import { configOf, example } from '../config-option.js';

export function modelsCommand(program: Command): void {
  program
    .command('models')
    .description('the registered models and where their aliases stand')
    .argument('[name]', 'one model: its versions, and who moved which alias, when and why')
    .option('--json', 'print one line of JSON')
    .addHelpText('after', example('trainyard models penguins'))
    .action(async (name: string | undefined, options: { json?: boolean }) => {
      const { printModels } = await import('./print-models.js');
      await printModels(configOf(program), name, options.json === true);
    });
}
