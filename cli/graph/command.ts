import { Option, type Command } from 'commander';
import { configOf, example } from '../config-option.js';
import type { GraphOptions } from './draw-graph.js';

export function graphCommand(program: Command): void {
  program
    .command('graph')
    .description('draw the graph of a run, or of the last run of a pipeline')
    .argument('<pipeline-or-run>', 'name of a pipeline, or id of a run')
    .addOption(new Option('--format <format>', 'how to draw it').choices(['text', 'mermaid', 'svg']).default('text'))
    .option('-o, --output <file>', 'write it to a file')
    .option('--json', 'print the graph itself as one line of JSON')
    .addHelpText('after', example('trainyard graph penguins --format svg -o penguins.svg'))
    .action(async (name: string, options: GraphOptions) => {
      const { drawGraph } = await import('./draw-graph.js');
      await drawGraph(configOf(program), name, options);
    });
}
