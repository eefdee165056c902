import type { Command } from 'commander';
import { configOf, example } from '../config-option.js';

export function explainCommand(program: Command): void {
  program
    .command('explain')
    .description('why a node of a run was computed, or where its result was found; also with Temporal stopped')
    .argument('<run>', 'id of the run')
    .argument('<node>', 'a call of it: by its id (n12), its node, or scope/node')
    .option('--json', 'print one line of JSON')
    .addHelpText('after', example('trainyard explain penguins-20261124-231502-7f3a train.net'))
    .action(async (run: string, node: string, options: { json?: boolean }) => {
      const { explainNode } = await import('./explain-node.js');
      await explainNode(configOf(program), run, node, options.json === true);
    });
}
