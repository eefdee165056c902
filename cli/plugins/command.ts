import type { Command } from 'commander';
import { configOf, example } from '../config-option.js';

export function pluginsCommand(program: Command): void {
  program
    .command('plugins')
    .alias('nodes')
    .description(
      'the catalogue: nodes, model kinds, durable processes, page sections, and the package that brings each',
    )
    .argument('[name]', 'one in full, or a family such as train')
    .option('--json', 'print one line of JSON')
    .addHelpText('after', example('trainyard plugins ingest.csv'))
    .action(async (name: string | undefined, options: { json?: boolean }) => {
      const { printPlugins } = await import('./print-plugins.js');
      await printPlugins(configOf(program), name, options.json === true);
    });
}
