import type { Command } from 'commander';
import { configOf, example } from '../config-option.js';
import type { ModelsOptions } from './print-models.js';

export function modelsCommand(program: Command): void {
  program
    .command('models')
    .description('the registered models and where their aliases stand')
    .argument('[name]', 'one model: its newest versions, and who moved which alias, when and why')
    .argument('[version]', 'one of its versions, whole')
    .option('--before <version>', 'versions older than this one')
    .option('--history-before <line>', 'lines of the history older than this one')
    .option('--json', 'print one line of JSON')
    .addHelpText('after', example('trainyard models penguins', 'trainyard models penguins 3'))
    .action(async (name: string | undefined, version: string | undefined, options: ModelsOptions) => {
      const { printModels } = await import('./print-models.js');
      await printModels(configOf(program), { ...options, name, version });
    });
}
