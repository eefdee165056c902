import type { Command } from 'commander';
import { configOf, example } from '../config-option.js';

export function nodesCommand(program: Command): void {
  program
    .command('nodes')
    .description('the catalogue of nodes, and of the functions that call several of them')
    .argument('[name]', 'one in full, or a family such as train')
    .option('--json', 'print one line of JSON')
    .addHelpText('after', example('trainyard nodes ingest.csv'))
    .action(async (name: string | undefined, options: { json?: boolean }) => {
      const { printNodes } = await import('./print-nodes.js');
      await printNodes(configOf(program), name, options.json === true);
    });
}
